//! Which words of a configuration lead to a secret: Cisco IOS and ASA, Juniper Junos, Fortinet FortiOS, MikroTik RouterOS and Huawei VRP,
//! by their command references.

use aftermail_model::Kind;

/// How far the words of a statement can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// No sentence has these words.
    Always,
    /// Sentences have them too: the value must look like one, or the lines around must be a configuration.
    Telling,
    /// They count among lines of a configuration only.
    Config,
}

/// A statement: the literal it is found by, and the keywords whose next word is a secret. Without keywords it is the word
/// after the literal.
pub(super) struct Statement {
    pub literal: &'static str,
    pub keywords: &'static [&'static str],
    pub kind: Kind,
    pub trust: Trust,
    /// The keywords begin lines below, up to the end of the block.
    pub block: bool,
}

const fn word(literal: &'static str, kind: Kind, trust: Trust) -> Statement {
    Statement { literal, keywords: &[], kind, trust, block: false }
}

const fn keyed(literal: &'static str, keywords: &'static [&'static str], kind: Kind, trust: Trust) -> Statement {
    Statement { literal, keywords, kind, trust, block: false }
}

const fn block(literal: &'static str, keywords: &'static [&'static str], kind: Kind) -> Statement {
    Statement { literal, keywords, kind, trust: Trust::Config, block: true }
}

use Kind::{CommunityString, Password, SharedKey};
use Trust::{Always, Config, Telling};

pub(super) const STATEMENTS: &[Statement] = &[
    keyed("username ", &["secret", "password"], Password, Telling),
    keyed("sent-username ", &["password"], Password, Always),
    word("ppp chap password ", Password, Always),
    keyed("local-user ", &["cipher", "irreversible-cipher", "simple"], Password, Telling),
    word("enable secret ", Password, Config),
    word("enable password ", Password, Config),
    block("line vty ", &["password"], Password),
    block("line con ", &["password"], Password),
    block("line aux ", &["password"], Password),
    word("set password ", Password, Config),
    word("set passwd ", Password, Config),
    word("plain-text-password-value ", Password, Always),
    word("crypto isakmp key ", SharedKey, Always),
    word("isakmp key ", SharedKey, Always),
    word("pre-shared-key local ", SharedKey, Always),
    word("pre-shared-key remote ", SharedKey, Always),
    word("pre-shared-key ascii-text ", SharedKey, Always),
    word("ikev1 pre-shared-key ", SharedKey, Always),
    word("set psksecret ", SharedKey, Always),
    word("set passphrase ", SharedKey, Config),
    word("wpa-psk ascii ", SharedKey, Always),
    word("wpa2-pre-shared-key=", SharedKey, Always),
    word("wpa-pre-shared-key=", SharedKey, Always),
    keyed("tacacs-server ", &["key"], SharedKey, Telling),
    keyed("radius-server ", &["key", "secret"], SharedKey, Telling),
    keyed("tacplus-server ", &["secret"], SharedKey, Telling),
    block("radius server ", &["key"], SharedKey),
    block("tacacs server ", &["key"], SharedKey),
    keyed("neighbor ", &["password"], SharedKey, Telling),
    word("authentication-key ", SharedKey, Always),
    word("authentication text ", SharedKey, Config),
    keyed("message-digest-key ", &["md5"], SharedKey, Always),
    word("key-string ", SharedKey, Always),
    word("snmp-server community ", CommunityString, Always),
    word("set snmp community ", CommunityString, Always),
    keyed("snmp-agent community ", &["cipher", "simple", "read", "write"], CommunityString, Always),
    keyed("auth sha", &["sha", "priv", "aes", "des"], SharedKey, Telling),
    keyed("auth md5", &["md5", "priv", "aes", "des"], SharedKey, Telling),
];

/// Words between a keyword and its value: how it is stored, how long the key is, which algorithm.
pub(super) const BETWEEN: &[&str] = &[
    "0",
    "5",
    "7",
    "8",
    "9",
    "ascii",
    "ascii-text",
    "hex",
    "des",
    "3des",
    "aes",
    "sha",
    "md5",
    "encrypted",
    "clear",
    "cipher",
    "simple",
    "plaintext",
];

/// Words that begin lines of configurations.
pub(super) const BEGINNINGS: &str = "! # hostname interface router line ip ipv6 no set unset config edit next end exit crypto username logging ntp vlan \
    address switchport spanning-tree snmp-server aaa radius tacacs neighbor network service version access-list permit deny key peer ppp standby \
    vrrp description shutdown encapsulation route-map ssid dot11 password login transport snmp-agent local-user sysname undo add enable boot";
