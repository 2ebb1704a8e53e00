"""Counts for each store on the command line the messages that libpff opens and the attachments that it reads: PATH, messages, attachments."""

import sys

import pypff


def message(item, counts):
    try:
        item.get_subject()
        item.get_number_of_attachments()
    except Exception:
        return
    counts[0] += 1
    for number in range(item.get_number_of_attachments()):
        try:
            attachment = item.get_attachment(number)
            left = attachment.get_size()
            while left > 0:
                left -= len(attachment.read_buffer(min(left, 1 << 20))) or left
            counts[1] += 1
        except Exception:
            pass
    for read in (item.get_plain_text_body, item.get_html_body, item.get_rtf_body):
        try:
            read()
        except Exception:
            pass


def folder(node, counts):
    for number in range(node.get_number_of_sub_messages()):
        try:
            message(node.get_sub_message(number), counts)
        except Exception:
            pass
    for number in range(node.get_number_of_sub_folders()):
        try:
            folder(node.get_sub_folder(number), counts)
        except Exception:
            pass


for path in sys.argv[1:]:
    counts = [0, 0]
    try:
        store = pypff.file()
        store.open(path)
        folder(store.get_root_folder(), counts)
    except Exception:
        pass
    print(path, *counts, sep="\t", flush=True)
