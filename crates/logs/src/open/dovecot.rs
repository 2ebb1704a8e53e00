//! `dovecot.conf` and what it includes, of versions 2.0 to 2.4: `name = value` in blocks.

use super::{Says, Setting, lines};

const SERVICE: &str = "imap and pop3";

/// A `passdb` as far as it is read.
#[derive(Default)]
struct Passwords {
    /// Where it says that any password will do.
    any: Option<usize>,
    /// Whether another server is asked then.
    proxy: bool,
    depth: usize,
}

impl Passwords {
    fn see(&mut self, number: usize, line: &str) {
        let bare = line.replace(' ', "");
        if bare.contains("nopassword") && !bare.contains("nopassword=n") {
            self.any = self.any.or(Some(number));
        }
        self.proxy |= line.split([' ', '=', '{']).any(|word| word == "proxy" || word == "proxy_maybe");
    }

    fn setting(&self) -> Option<Setting> {
        let line = self.any?;
        Some(if self.proxy {
            Setting::new(line, SERVICE, Says::Unclear, "nopassword: any password is taken here and handed on; the server behind decides")
        } else {
            Setting::new(line, SERVICE, Says::Open, "nopassword: any password opens any mailbox")
        })
    }
}

pub(super) fn read(text: &str) -> Vec<Setting> {
    let mut out = Vec::new();
    let mut passwords: Option<Passwords> = None;
    for (number, line) in lines(text) {
        let line = line.trim();
        if passwords.is_none() && line.starts_with("passdb") {
            passwords = Some(Passwords::default());
        }
        if let Some(inside) = &mut passwords {
            inside.see(number, line);
            inside.depth += line.matches('{').count();
            inside.depth = inside.depth.saturating_sub(line.matches('}').count());
            if inside.depth == 0 && !line.is_empty() {
                out.extend(inside.setting());
                passwords = None;
            }
            continue;
        }
        let Some((name, value)) = line.split_once('=') else { continue };
        out.extend(setting(number, name.trim(), value.trim()));
    }
    out.extend(passwords.and_then(|inside| inside.setting()));
    out
}

fn setting(line: usize, name: &str, value: &str) -> Option<Setting> {
    let yes = value.eq_ignore_ascii_case("yes");
    match name {
        "auth_mechanisms" if value.split_whitespace().any(|m| m.eq_ignore_ascii_case("anonymous")) => {
            Some(Setting::new(line, SERVICE, Says::Open, "auth_mechanisms holds anonymous: who gives no name is let in"))
        }
        "disable_plaintext_auth" if !yes => {
            Some(Setting::new(line, SERVICE, Says::InClear, "disable_plaintext_auth = no: passwords are taken without encryption"))
        }
        "auth_allow_cleartext" if yes => {
            Some(Setting::new(line, SERVICE, Says::InClear, "auth_allow_cleartext = yes: passwords are taken without encryption"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(usize, Says)> {
        read(text).into_iter().map(|s| (s.line, s.says)).collect()
    }

    #[test]
    fn mechanisms_and_clear_text_are_told() {
        let text =
            "# auth_mechanisms = anonymous\nauth_mechanisms = plain ANONYMOUS\ndisable_plaintext_auth = no\nauth_allow_cleartext=yes\n";
        assert_eq!(said(text), [(2, Says::Open), (3, Says::InClear), (4, Says::InClear)]);
        assert_eq!(said("auth_mechanisms = plain login\ndisable_plaintext_auth = yes\nauth_allow_cleartext = no\n"), []);
    }

    #[test]
    fn a_store_of_passwords_that_takes_any_is_open_unless_it_hands_on() {
        assert_eq!(said("passdb {\n  driver = static\n  args = nopassword=y\n}\n"), [(3, Says::Open)]);
        assert_eq!(said("passdb static {\n  fields {\n    nopassword = yes\n  }\n}\n"), [(3, Says::Open)]);
        assert_eq!(said("passdb {\n args = proxy=y nopassword=y host=192.0.2.1\n}\n"), [(2, Says::Unclear)]);
        assert_eq!(said("passdb { driver = static args = nopassword }\n"), [(1, Says::Open)]);
        assert_eq!(said("passdb {\n driver = pam\n nopassword = no\n}\nuserdb {\n driver = passwd\n}\n"), []);
    }
}
