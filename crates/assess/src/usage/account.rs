//! Accounts as mail and logs name them, and when two names mean one account.

/// A name of an account, folded and taken apart: `anna@corp.example`, `CORP\anna`, `anna`, `arn:aws:iam::1:user/anna`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Account {
    /// What comes before the `@` or behind the `\`.
    pub(crate) user: String,
    /// The domain, DNS or NetBIOS.
    domain: Option<String>,
}

impl Account {
    /// Takes a name apart; none for an empty one.
    pub(crate) fn parse(name: &str) -> Option<Account> {
        let name = name.trim().to_lowercase();
        let name = name.strip_prefix("smtp:").unwrap_or(&name);
        let (user, domain) = if let Some(iam) = name.strip_prefix("arn:aws:") {
            (iam.rsplit('/').next()?, None)
        } else if let Some((domain, user)) = name.rsplit_once('\\') {
            (user, Some(domain))
        } else if let Some((user, domain)) = name.rsplit_once('@') {
            (user, Some(domain))
        } else {
            (name, None)
        };
        let domain = domain.map(str::to_owned).filter(|d| !d.is_empty() && d != ".");
        (!user.is_empty()).then(|| Account { user: user.to_owned(), domain })
    }

    /// Whether both names can mean one account: the same user, in domains that do not contradict each other.
    pub(crate) fn same(&self, other: &Account) -> bool {
        self.user == other.user
            && match (&self.domain, &other.domain) {
                (Some(a), Some(b)) => same_domain(a, b),
                _ => true,
            }
    }

    /// Whether the two names are one spelling, so that nothing was inferred.
    pub(crate) fn spelt_alike(&self, other: &Account) -> bool {
        self == other
    }
}

/// Equal, `CORP` beside `corp.example`, or an alias beside the tenant's first domain.
fn same_domain(a: &str, b: &str) -> bool {
    let first_label = |short: &str, long: &str| !short.contains('.') && long.split('.').next() == Some(short);
    let tenant = |name: &str| name.ends_with(".onmicrosoft.com");
    a == b || first_label(a, b) || first_label(b, a) || tenant(a) != tenant(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_has_many_names() {
        let same = |a: &str, b: &str| Account::parse(a).zip(Account::parse(b)).is_some_and(|(a, b)| a.same(&b));
        assert!(same("Anna.Berg@Corp.Example", "anna.berg@corp.example"));
        assert!(same("CORP\\anna", "anna@corp.example"));
        assert!(same("anna", "CORP\\Anna"));
        assert!(same("anna@corp.example", "anna@corp123.onmicrosoft.com"));
        assert!(same("arn:aws:iam::123456789012:user/deploy", "deploy"));
        assert!(!same("anna@corp.example", "anna@other.example"));
        assert!(!same("anna@corp.example", "hanna@corp.example"));
        assert!(!same("OTHER\\anna", "anna@corp.example"));
        assert_eq!(Account::parse(" "), None);
    }
}
