//! User names and groups, each with the identity or the groups that Kubernetes takes them for.

use super::{Identity, implied_groups, user_identity, username};

fn account(namespace: &str, name: &str) -> Identity {
    Identity::ServiceAccount { namespace: namespace.into(), name: name.into() }
}

#[test]
fn a_user_name_is_an_account_where_both_parts_are_names_that_kubernetes_gives() {
    let long = "a".repeat(64);
    let kept =
        ["ns:a:b", "ns:", ":a", "ns", "", "Ns:a", "n.s:a", "ns:A", "ns:-a", "ns:a-", "ns:a..b", "ns:ü"];
    for rest in
        kept.map(str::to_owned).into_iter().chain([format!("{long}:a"), format!("ns:{}", long.repeat(4))])
    {
        let name = format!("system:serviceaccount:{rest}");
        assert_eq!(user_identity(&name), Identity::User(name.as_str().into()));
    }
    assert_eq!(user_identity("system:serviceaccount:ns:a"), account("ns", "a"));
    assert_eq!(user_identity("system:serviceaccount:n-1:a.b-c.0"), account("n-1", "a.b-c.0"));
    assert_eq!(user_identity(&format!("system:serviceaccount:ns:{long}")), account("ns", &long));
}

#[test]
fn a_name_is_the_one_that_the_identity_was_read_from() {
    for name in ["jane", "system:node:a", "system:node:", "system:serviceaccount:ns:a", "<member>", ""] {
        assert_eq!(username(&user_identity(name)).as_deref(), Some(name));
    }
    assert_eq!(username(&Identity::Group("<member>".into())), None);
}

#[test]
fn groups_follow_from_what_an_identity_is() {
    let groups = |identity: &Identity| implied_groups(identity).join(" ");
    let group = |name: &str| groups(&Identity::Group(name.into()));
    assert_eq!(groups(&user_identity("jane")), "system:authenticated");
    assert_eq!(groups(&user_identity("system:anonymous")), "system:unauthenticated");
    assert_eq!(groups(&user_identity("system:node:a")), "system:nodes system:authenticated");
    assert_eq!(
        groups(&account("ns", "a")),
        "system:serviceaccounts system:serviceaccounts:ns system:authenticated"
    );
    assert_eq!(group("dev"), "dev system:authenticated");
    assert_eq!(group("system:authenticated"), "system:authenticated");
    assert_eq!(group("system:unauthenticated"), "system:unauthenticated");
    assert_eq!(group("system:serviceaccounts"), "system:serviceaccounts system:authenticated");
    assert_eq!(
        group("system:serviceaccounts:ns"),
        "system:serviceaccounts:ns system:serviceaccounts system:authenticated"
    );
    assert_eq!(group("system:serviceaccountsx"), "system:serviceaccountsx system:authenticated");
}
