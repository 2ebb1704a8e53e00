//! Windows events that tell their data in words, in the languages of their makers: invented values in the templates of Windows.
#![allow(missing_docs)]

mod common;

use aftermail_logs::Why;
use common::{kept, one, told};

/// What `Get-WinEvent | ConvertTo-Json` writes.
fn event(number: u32, message: &str) -> String {
    serde_json::json!({
        "Id": number, "ProviderName": "Microsoft-Windows-Security-Auditing", "LogName": "Security", "RecordId": 7, "MachineName": "DC1",
        "TimeCreated": "2026-03-02T08:00:00Z", "Message": message,
    })
    .to_string()
}

/// A message with its sections; a section of one label that is empty stands for itself.
fn message(first: &str, colon: &str, sections: &[(&str, &[(&str, &str)])]) -> String {
    let mut text = format!("{first}\r\n\r\n");
    for (name, labels) in sections {
        match labels {
            [("", value)] => text += &format!("{name}{colon}\t\t{value}\r\n\r\n"),
            _ => {
                text += &format!("{name}{colon}\r\n");
                labels.iter().for_each(|(label, value)| text += &format!("\t{label}{colon}\t\t{value}\r\n"));
                text += "\r\n";
            }
        }
    }
    text + "Explanations follow: they are not read."
}

#[test]
fn a_failed_logon_is_read_in_japanese_and_in_french() {
    let japanese = message(
        "アカウントがログオンに失敗しました。",
        ":",
        &[
            (
                "サブジェクト",
                &[("セキュリティ ID", "S-1-5-18"), ("アカウント名", "DC1$"), ("アカウント ドメイン", "HILL"), ("ログオン ID", "0x3E7")],
            ),
            ("ログオン タイプ", &[("", "3")]),
            ("ログオンを失敗したアカウント", &[("セキュリティ ID", "NULL SID"), ("アカウント名", "bo"), ("アカウント ドメイン", "")]),
            ("エラー情報", &[("失敗の原因", "ユーザー名を認識できない"), ("状態", "0xC000006D"), ("サブ ステータス", "0xC000006A")]),
            ("プロセス情報", &[("呼び出し側プロセス ID", "0x0"), ("呼び出し側プロセス名", "-")]),
            (
                "ネットワーク情報",
                &[("ワークステーション名", "PC7"), ("ソース ネットワーク アドレス", "203.0.113.9"), ("ソース ポート", "50123")],
            ),
            (
                "詳細な認証情報",
                &[
                    ("ログオン プロセス", "NtLmSsp"),
                    ("認証パッケージ", "NTLM"),
                    ("移行されたサービス", "-"),
                    ("パッケージ名", "-"),
                    ("キーの長さ", "0"),
                ],
            ),
        ],
    );
    let french = message(
        "Échec d'ouverture de session d'un compte.",
        " :",
        &[
            (
                "Sujet",
                &[("ID de sécurité", "S-1-5-18"), ("Nom du compte", "DC1$"), ("Domaine du compte", "HILL"), ("ID d'ouverture", "0x3E7")],
            ),
            ("Type d'ouverture de session", &[("", "3")]),
            (
                "Compte pour lequel l'ouverture de session a échoué",
                &[("ID de sécurité", "S-1-0-0"), ("Nom du compte", "bo"), ("Domaine", "HILL")],
            ),
            ("Informations sur l'échec", &[("Raison", "Nom d'utilisateur inconnu"), ("État", "0xC000006D"), ("Sous-état", "0xC000006A")]),
            ("Informations sur le processus", &[("ID du processus", "0x0"), ("Nom du processus", "-")]),
            (
                "Informations sur le réseau",
                &[("Nom de la station", "PC7"), ("Adresse du réseau source", "203.0.113.9"), ("Port source", "50123")],
            ),
            (
                "Informations détaillées",
                &[("Processus", "NtLmSsp"), ("Package", "NTLM"), ("Services", "-"), ("Nom", "-"), ("Longueur", "0")],
            ),
        ],
    );
    for text in [japanese, french] {
        let e = one(&event(4625, &text));
        assert_eq!((e.actor.as_deref(), e.address.as_deref(), e.result.as_deref()), (Some("bo"), Some("203.0.113.9"), Some("0xC000006D")));
        assert_eq!(e.property("SubStatus").and_then(|p| p.new.as_deref()), Some("0xC000006A"), "{}", told(&e));
    }
}

#[test]
fn logons_of_all_versions_are_read_in_german() {
    let subject: (&str, &[(&str, &str)]) =
        ("Antragsteller", &[("Sicherheits-ID", "S-1-0-0"), ("Kontoname", "-"), ("Kontodomäne", "-"), ("Anmelde-ID", "0x0")]);
    let tail: [(&str, &[(&str, &str)]); 3] = [
        ("Prozessinformationen", &[("Prozess-ID", "0x0"), ("Prozessname", "-")]),
        ("Netzwerkinformationen", &[("Arbeitsstationsname", "PC7"), ("Quellnetzwerkadresse", "203.0.113.9"), ("Quellport", "50123")]),
        ("Ausführlich", &[("Anmeldeprozess", "NtLmSsp"), ("Paket", "NTLM"), ("Dienste", "-"), ("Paketname", "-"), ("Länge", "128")]),
    ];
    let account = |more: &[(&'static str, &'static str)]| {
        let mut labels = vec![("Sicherheits-ID", "S-1-5-21"), ("Kontoname", "bo"), ("Kontodomäne", "HILL"), ("Anmelde-ID", "0x99AA")];
        labels.extend_from_slice(more);
        labels
    };
    let old = account(&[("Anmelde-GUID", "{0}")]);
    let new = account(&[("Verknüpfte ID", "0x0"), ("Netzwerk-Kontoname", "-"), ("Netzwerk-Kontodomäne", "-"), ("Anmelde-GUID", "{0}")]);
    let kind: (&str, &[(&str, &str)]) = ("Anmeldetyp", &[("", "3")]);
    let level: (&str, &[(&str, &str)]) = ("Identitätswechselebene", &[("", "Identitätswechsel")]);
    let information: (&str, &[(&str, &str)]) =
        ("Anmeldeinformationen", &[("Anmeldetyp", "3"), ("Eingeschränkt", "-"), ("Virtuell", "Nein"), ("Erhöht", "Ja")]);
    let forms = [
        vec![subject, kind, ("Neue Anmeldung", old.as_slice())],
        vec![subject, kind, level, ("Neue Anmeldung", old.as_slice())],
        vec![subject, information, level, ("Neue Anmeldung", new.as_slice())],
    ];
    for sections in forms {
        let all: Vec<_> = sections.into_iter().chain(tail).collect();
        let e = one(&event(4624, &message("Ein Konto wurde erfolgreich angemeldet.", ":", &all)));
        assert_eq!((e.actor.as_deref(), e.address.as_deref(), e.session.as_deref()), (Some("bo"), Some("203.0.113.9"), Some("0x99AA")));
        assert_eq!(e.property("LogonType").and_then(|p| p.new.as_deref()), Some("3"), "{}", told(&e));
    }
}

#[test]
fn a_reset_password_is_read_in_polish() {
    let text = message(
        "Podjęto próbę zresetowania hasła konta.",
        ":",
        &[
            ("Podmiot", &[("Identyfikator", "S-1-5-21-1"), ("Nazwa konta", "admin"), ("Domena", "HILL"), ("Logowanie", "0x1F")]),
            ("Konto docelowe", &[("Identyfikator", "S-1-5-21-2"), ("Nazwa konta", "bo"), ("Domena", "HILL")]),
        ],
    );
    let e = one(&event(4724, &text));
    assert_eq!((e.actor.as_deref(), e.target.as_deref()), (Some("admin"), Some("bo")));
}

#[test]
fn words_that_are_not_understood_are_rejected_and_say_what_to_export() {
    let strange = message("Nobody knows these words.", ":", &[("One", &[("a", "b")]), ("Two", &[("c", "d")])]);
    for text in [strange.as_str(), "all in one line"] {
        let kept = kept(event(4624, text).as_bytes());
        assert!(kept.events.is_empty(), "{:?}", kept.events);
        assert_eq!(kept.whys(), [Why::Words]);
    }
    assert!(Why::Words.as_str().contains("export it with its data"));
    // Of events whose data nobody needs, the number and the time are enough.
    assert_eq!(kept(event(5156, &strange).as_bytes()).events.len(), 1);
}
