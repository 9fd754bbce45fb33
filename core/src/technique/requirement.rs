//! What a technique requires: requests that must be allowed, and facts that must hold, as data.

/// A formula over requests and facts.
#[derive(Debug, Clone, Copy)]
pub enum Requirement {
    /// One request must be allowed.
    Request(RequestPattern),
    /// Every part must hold, all held by one identity.
    AllOfOne(&'static [Requirement]),
    /// Every part must hold; the parts may be spread over identities that the principal controls.
    All(&'static [Requirement]),
    /// One part is enough.
    Any(&'static [Requirement]),
    /// Something about the cluster must hold.
    Fact(Fact),
    /// What another entry of the catalogue requires.
    SameAs(&'static str),
    /// No request at all: a state that other steps lead to, or something that YAML cannot show.
    Nothing,
}

/// One request, with places for the objects of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestPattern {
    /// The verb.
    pub verb: &'static str,
    /// The API group; empty for the core group.
    pub group: &'static str,
    /// The resource, subresource included (`pods/exec`).
    pub resource: &'static str,
    /// Where it must be allowed.
    pub scope: Scope,
    /// Which name the request carries.
    pub name: NamePattern,
}

/// Where a request must be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scope {
    /// In the namespace of the object it is about.
    Namespace,
    /// In this namespace.
    In(&'static str),
    /// In the cluster: only ClusterRoleBindings count.
    Cluster,
}

/// Which name a request carries; rules with resourceNames match by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NamePattern {
    /// None: rules with resourceNames never match.
    Absent,
    /// That of the object it is about.
    Object,
    /// That of the object, or as part of `[scheme:]name[:port]`.
    ProxyTarget,
    /// None, or that of the object through a field selector.
    ObjectOrAbsent,
    /// One of the caller's choice: any name that a rule has will do.
    Chosen,
    /// One of these; a trailing `*` stands for the rest of a name that the input shows.
    OneOf(&'static [&'static str]),
    /// This one to the letter; a `*` in it is part of the name.
    Literal(&'static str),
}

/// Something about the cluster that must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fact {
    /// The server is older than this minor of Kubernetes 1.
    Before(u32),
    /// The server is at least this minor of Kubernetes 1.
    Since(u32),
    /// A container of the target has `stdin: true`.
    Stdin,
    /// Anything else, in words.
    Other(&'static str),
}
