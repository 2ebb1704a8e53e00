//! Headings in the spellings and languages in which people have them.

use super::columns::Column;

/// Letters and digits alone, in lower case; the surest first. Message trace, eDiscovery exports, advanced hunting, Graph and Gmail's
/// log search are among them.
const SPELLINGS: [(Column, &str); 9] = [
    (
        Column::MessageId,
        "internetmessageid internetmessageidentifier iteminternetmessageid iteminternetmessageids internetmessageids \
         pidtaginternetmessageid printernetmessageid rfc822messageid rfc2822messageid rfc5322messageid rfcmessageid \
         messageidheader headermessageid smtpmessageid emailinternetmessageid emailmessageid mailmessageid messageid msgid messageidentifier \
         nachrichtenid nachrichtid idmessage iddemessage iddumessage idmensaje iddemensaje iddelmensaje idmensagem \
         iddamensagem idmessaggio berichtid メッセージid 邮件id 消息id",
    ),
    (Column::NetworkId, "networkmessageid exchangenetworkmessageid networkmessageidentifier messagetraceid"),
    (
        Column::From,
        "senderfromaddress fromaddress senderaddress senderemailaddress senderemail sendersmtpaddress senderprimarysmtp \
         fromemail fromemailaddress emailfrom mailfrom from fromheaderaddress sender emailsender mailsender messagesender \
         senderauthor senderorcreatedby sendermailfromaddress p2sender originator author absender absenderadresse von expéditeur expediteur \
         adressedelexpéditeur remitente mittente afzender remetente avsändare afsender avsender nadawca отправитель 差出人 \
         发件人 p1sender",
    ),
    (
        Column::To,
        "recipientemailaddress recipientaddress recipientaddresses recipientemail toaddress toaddresses toemail \
         torecipients emailto to recipient recipients emailrecipients recipientstatus recipientsintoline recipientsinccline recipientsinbccline empfänger empfaenger an \
         destinataire destinataires à destinatario destinatarios destinatari para ontvanger ontvangers aan destinatário \
         destinatários mottagare odbiorca получатель 宛先 收件人 cc ccrecipients emailcc bcc bccrecipients emailbcc",
    ),
    (
        Column::Subject,
        "subject messagesubject emailsubject mailsubject itemsubject subjectline subjecttitle subjectortitle betreff objet sujet asunto \
         oggetto onderwerp assunto ämne emne temat тема 件名 主题 主旨",
    ),
    (
        Column::Sent,
        "sentdatetime datetimesent senttime sentdate datesent timesent senton sentat sent emaildatesent emailsentdate \
         messagesentdate clientsubmittime submittime submittedat origintimestamp gesendet gesendetam sendedatum dateenvoi \
         datedenvoi envoyé envoyéle fechadeenvío fechadeenvio enviado datainvio inviato verzonden verzondenop datadeenvio \
         skickat wysłano 送信日時 发送时间 datetime messagedate emaildate date timestamp eventtimestamp starttime time \
         timegenerated datum fecha data 日付 日期",
    ),
    (
        Column::Received,
        "receiveddatetime datetimereceived receivedtime receiveddate datereceived timereceived receivedon receivedat \
         received emaildatereceived emailreceiveddate messagedeliverytime deliverytime deliveredat delivered empfangen \
         empfangenam erhalten reçu reçule datederéception recibido fechaderecepción ricevuto ontvangen recebido 受信日時 接收时间 receivedorcreated startdate",
    ),
    (
        Column::Size,
        "sizeinbytes sizebytes messagesizeinbytes totalbytes messagesize emailsize itemsize size bytes größe groesse \
         taille tamaño dimensione dimensioni grootte tamanho サイズ 大小",
    ),
    (
        Column::Mailbox,
        "mailboxownerupn mailboxupn mailboxaddress mailboxowner mailboxname mailbox affectedmailbox compromisedmailbox \
         compromisedaccount affectedaccount affecteduser impacteduser userprincipalname custodian accountupn account user \
         owner userid postfach locationname boîteauxlettres boîtedemessagerie buzón casella postvak caixadecorreio メールボックス 邮箱",
    ),
];

/// What a heading names, and how surely: 0 is the surest.
pub(super) fn column_of(heading: &str) -> Option<(Column, usize)> {
    // Logs of Exchange Server name their columns behind this mark.
    let letters = letters(heading.strip_prefix("#Fields:").unwrap_or(heading));
    let bare = ["utc", "gmt"].iter().find_map(|zone| letters.strip_suffix(zone)).unwrap_or(&letters);
    SPELLINGS.iter().find_map(|(column, names)| Some((*column, names.split(' ').position(|n| n == bare)?)))
}

/// Letters and digits in lower case.
pub(super) fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
