//! Sentences that programs set over or under every mail: warnings of strangers' mail, and that nobody is to share a password. They speak of
//! secrets and tell none.

use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;
use std::sync::LazyLock;

const PHRASES: &[&str] = &[
    "originated from outside",
    "originated outside",
    "sent from outside",
    "came from outside",
    "outside of your organization",
    "external sender",
    "do not click",
    "don't click",
    "open attachments unless",
    "never share your",
    "do not share your password",
    "don't share your password",
    "do not disclose your",
    "never ask for your",
    "never ask you for your",
    "not ask for your password",
    "not ask you for your password",
    "außerhalb der organisation",
    "externer absender",
    "klicken sie nicht",
    "klicken sie keine",
    "niemals ihr passwort",
    "niemals ihr kennwort",
    "niemals nach ihrem",
    "nie nach ihrem passwort",
    "geben sie ihr passwort nie",
    "provient de l'extérieur",
    "expéditeur externe",
    "ne cliquez pas",
    "ne communiquez jamais",
    "ne partagez jamais",
    "demandera jamais",
    "remitente externo",
    "no haga clic",
    "nunca comparta su",
    "nunca le pedirá",
    "nunca le pediremos",
    "mittente esterno",
    "non cliccare",
    "non comunicare mai",
    "non condividere mai",
    "chiederà mai",
    "remetente externo",
    "não clique",
    "nunca compartilhe",
    "nunca partilhe",
    "nunca pediremos",
    "nunca pedirá",
    "externe afzender",
    "klik niet op",
    "deel nooit uw",
    "deel je wachtwoord nooit",
    "nooit om uw wachtwoord",
    "nooit om je wachtwoord",
    "nadawca zewnętrzny",
    "nigdy nie udostępniaj",
    "nigdy nie prosimy o hasło",
    "klicka inte på",
    "dela aldrig ditt",
    "klik ikke på",
    "del aldrig din",
    "никогда не сообщайте",
    "не переходите по ссылкам",
];
/// Farthest from a phrase that its sentence is followed, in bytes.
const REACH: usize = 200;

/// The sentences in a text, in its order; one with a figure, a quote or a colon may tell something after all.
pub(super) fn sentences(body: &str) -> Vec<Range<usize>> {
    static FINDER: LazyLock<AhoCorasick> = LazyLock::new(|| {
        let built = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(PHRASES);
        built.expect("the phrases fit an automaton")
    });
    let found = FINDER.find_iter(body).map(|m| sentence(body, &m.range()));
    let tells = |text: &str| text.contains(|c: char| c.is_ascii_digit() || matches!(c, ':' | '"' | '“' | '„' | '«' | '=' | '`'));
    let mut out: Vec<Range<usize>> = found.filter(|range| !tells(&body[range.clone()])).collect();
    out.dedup();
    out
}

/// From the end of the sentence before to its own: the sign that ends it, an empty line, or a colon that leads it in ("CAUTION:").
fn sentence(body: &str, phrase: &Range<usize>) -> Range<usize> {
    let floor = body.floor_char_boundary(phrase.start.saturating_sub(REACH));
    let ends = |c: char| matches!(c, '.' | '!' | '?' | ':');
    let before = &body[floor..phrase.start];
    let start = [before.rfind(ends).map(|at| at + 1), before.rfind("\n\n").map(|at| at + 2)].into_iter().flatten().max().unwrap_or(0);
    let ceiling = body.ceil_char_boundary((phrase.end + REACH).min(body.len()));
    let behind = &body[phrase.end..ceiling];
    let end = [behind.find(['.', '!', '?']), behind.find("\n\n")].into_iter().flatten().min().unwrap_or(behind.len());
    floor + start..phrase.end + end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_warning_is_a_sentence_and_what_is_told_in_one_stays() {
        let body = "CAUTION: This mail originated from outside the firm. Never share your\npassword. The door wants heron.\n\nWe will never ask for your password!";
        let told: Vec<&str> = sentences(body).into_iter().map(|r| body[r].trim()).collect();
        assert_eq!(
            told,
            ["This mail originated from outside the firm", "Never share your\npassword", "We will never ask for your password"]
        );
        assert!(sentences("never share your password, heron77, with the others").is_empty());
        assert!(sentences("never share your password: heron").is_empty());
    }
}
