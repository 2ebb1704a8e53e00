//! Whether two names mean one folder.

/// What mailboxes of several languages call the folders that each has; the first name stands for all. Outlook names folders in the
/// language of its first start, and logs often name them in English.
const WELL_KNOWN: [&[&str]; 6] = [
    &[
        "inbox",
        "posteingang",
        "boîte de réception",
        "bandeja de entrada",
        "posta in arrivo",
        "postvak in",
        "caixa de entrada",
        "inkorgen",
        "indbakke",
        "innboks",
        "saapuneet",
        "skrzynka odbiorcza",
        "doručená pošta",
        "входящие",
        "受信トレイ",
        "收件箱",
    ],
    &[
        "sent items",
        "sent",
        "sent mail",
        "sent messages",
        "gesendete elemente",
        "gesendete objekte",
        "éléments envoyés",
        "elementos enviados",
        "posta inviata",
        "verzonden items",
        "itens enviados",
        "skickat",
        "sendt post",
        "sendte elementer",
        "lähetetyt",
        "elementy wysłane",
        "odeslaná pošta",
        "отправленные",
        "送信済みアイテム",
        "已发送邮件",
    ],
    &[
        "deleted items",
        "deleted",
        "trash",
        "gelöschte elemente",
        "gelöschte objekte",
        "éléments supprimés",
        "elementos eliminados",
        "posta eliminata",
        "verwijderde items",
        "itens excluídos",
        "borttaget",
        "slettet post",
        "slettede elementer",
        "poistetut",
        "elementy usunięte",
        "odstraněná pošta",
        "удаленные",
        "削除済みアイテム",
        "已删除邮件",
    ],
    &[
        "drafts",
        "entwürfe",
        "brouillons",
        "borradores",
        "bozze",
        "concepten",
        "rascunhos",
        "utkast",
        "kladder",
        "luonnokset",
        "черновики",
        "下書き",
        "草稿",
    ],
    &[
        "junk email",
        "junk",
        "junk e-mail",
        "spam",
        "courrier indésirable",
        "correo no deseado",
        "posta indesiderata",
        "ongewenste e-mail",
        "lixo eletrônico",
        "skräppost",
    ],
    &["archive", "archiv", "archives", "archivo", "archivio", "archief", "arquivo morto", "arkiv"],
];

/// The last step of a path, in one spelling.
pub(super) fn folder(path: &str) -> String {
    let last = path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path);
    let name = last.trim().trim_start_matches('.').to_lowercase();
    let known = WELL_KNOWN.iter().find(|names| names.contains(&name.as_str()));
    known.map_or(name, |names| names[0].to_owned())
}

#[cfg(test)]
mod tests {
    use super::folder;

    #[test]
    fn folders_have_one_name_in_all_languages() {
        for name in ["\\Inbox", "Top of Personal Folders/Posteingang", "Boîte de réception", "inbox/"] {
            assert_eq!(folder(name), "inbox", "{name}");
        }
        assert_eq!(folder(".Sent"), "sent items");
        assert_eq!(folder("\\Inbox\\A TRAITER"), "a traiter");
    }
}
