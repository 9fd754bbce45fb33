//! `can-i --reviews` as a user meets it: what is read, what is printed, what is refused, and the code at the end.

use cilium_exec_check_tests::{CommandLine, Ran, Scratch};
use std::path::Path;

const RBAC: &str = "\
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: made}
aggregationRule: {clusterRoleSelectors: [{matchLabels: {to: made}}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: exec, labels: {to: made}}
rules: [{apiGroups: [''], resources: [pods/exec], verbs: [create]}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: masters}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: made}
subjects: [{kind: Group, name: system:masters}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: deploy, namespace: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: exec}
subjects: [{kind: ServiceAccount, name: deployer}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleList
items: []
";

const LACKING: &str = "not all in the input: Role; what they allow is answered as not allowed\n";

/// A folder with the export and a file of reviews.
struct Folder(Scratch);

impl Folder {
    fn with(reviews: &str) -> Self {
        Folder(Scratch::with(&[("rbac.yaml", RBAC.as_bytes()), ("reviews", reviews.as_bytes())]))
    }

    fn path(&self, name: &str) -> String {
        self.0.join(name).to_string_lossy().into_owned()
    }

    /// Runs `can-i` on both files; the folder's name is taken out of what it says.
    fn run(&self, more: &[&str]) -> Ran {
        let (rbac, reviews) = (self.path("rbac.yaml"), self.path("reviews"));
        let arguments = ["can-i", "-f", &rbac, "--reviews", &reviews];
        CommandLine::new(arguments.into_iter().chain(more.iter().copied())).run().without(self.0.path())
    }
}

fn review(spec: &str) -> String {
    format!("apiVersion: authorization.k8s.io/v1\nkind: SubjectAccessReview\nspec:\n{spec}")
}

const DEPLOYER: &str = "  \
  user: system:serviceaccount:ci:deployer
  resourceAttributes: {verb: create, resource: pods, subresource: exec, namespace: ci}
";
const MASTER: &str = "  \
  user: admin
  groups: [system:masters]
  resourceAttributes: {verb: create, resource: pods, subresource: exec}
";

#[test]
fn every_review_answered_is_exit_0() {
    let folder = Folder::with(&format!("{}---\n{}", review(DEPLOYER), review(MASTER)));
    let ran = folder.run(&[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let statuses: Vec<&str> = ran.stdout.split("status:\n").skip(1).collect();
    assert_eq!(
        statuses.iter().map(|status| status.split("---").next().unwrap_or_default()).collect::<Vec<_>>(),
        [
            "  allowed: true\n  reason: rolebinding/ci/deploy\n",
            // No group goes past RBAC, and only stored rules count.
            "  allowed: false\n  reason: \"\"\n"
        ]
    );
    let ran = folder.run(&["--aggregate"]);
    assert!(
        ran.stdout.ends_with("  allowed: true\n  reason: clusterrolebinding/masters\n"),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_review_that_is_refused_is_named_by_its_place_and_the_others_are_answered() {
    let local = review(DEPLOYER).replace("Subject", "LocalSubject");
    let typo = review(&DEPLOYER.replace("subresource", "subResource"));
    let folder = Folder::with(&format!("{local}---\n{typo}---\nspec: ]\n---\n{}", review(DEPLOYER)));
    let ran = folder.run(&[]);
    assert_eq!(ran.code, 2);
    assert_eq!(ran.stdout.matches("status:").count(), 1);
    assert_eq!(
        ran.stderr,
        "reviews:2:7: a `LocalSubjectAccessReview` is not answered
  help: ask as a SubjectAccessReview: it names the user, its groups and, where there is one, the namespace
reviews:11:54: `resourceAttributes` has no field `subResource`
  help: resourceAttributes has namespace, verb, group, version, resource, subresource, name, fieldSelector and labelSelector
reviews:13:7: not valid YAML: misplaced bracket
"
    );
}

#[test]
fn a_list_of_json_gives_a_list_of_json() {
    let item = r#"{"apiVersion":"authorization.k8s.io/v1","kind":"SubjectAccessReview","spec":{"user":"eve","nonResourceAttributes":{"path":"/healthz","verb":"get"}}}"#;
    let ran =
        Folder::with(&format!("{{\"kind\":\"List\",\n\"apiVersion\":\"v1\",\n\"items\":[{item},{item}]}}\n"))
            .run(&[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let list: serde_json::Value = serde_json::from_str(&ran.stdout).expect("it is JSON");
    assert_eq!(list["kind"], "List");
    let items = list["items"].as_array().expect("it is a List");
    assert!(items.len() == 2 && items.iter().all(|item| item["status"]["allowed"] == false));
}

#[test]
fn stdin_holds_the_reviews_or_the_export_but_not_both() {
    let folder = Folder::with(&review(DEPLOYER));
    let (rbac, reviews) = (folder.path("rbac.yaml"), folder.path("reviews"));
    let text = |name: &str| std::fs::read(Path::new(&folder.path(name))).expect("it was written");
    let of_stdin = CommandLine::new(["can-i", "-f", &rbac, "--reviews", "-"]).stdin(&text("reviews")).run();
    let of_files =
        CommandLine::new(["can-i", "-f", "-", "--reviews", &reviews]).stdin(&text("rbac.yaml")).run();
    assert_eq!((of_stdin.code, &of_stdin), (0, &of_files));
    let both = CommandLine::new(["can-i", "-f", "-", "--reviews", "-"]).run();
    assert_eq!(both.code, 2);
    assert!(both.stderr.starts_with("error: stdin is either the input or the reviews"), "{}", both.stderr);
}

#[test]
fn flags_before_the_command_count_where_it_has_them() {
    let folder = Folder::with(&review(DEPLOYER));
    let (rbac, reviews) = (folder.path("rbac.yaml"), folder.path("reviews"));
    let before = CommandLine::new(["-f", &rbac, "can-i", "--reviews", &reviews]).run();
    assert_eq!((before.code, before.stdout.is_empty()), (0, false));
    let other = CommandLine::new(["--fail-on", "low", "can-i", "-f", &rbac, "--reviews", &reviews]).run();
    assert_eq!((other.code, other.stdout.as_str()), (2, ""));
    assert!(other.stderr.contains("a flag before `can-i` is one of the check alone"), "{}", other.stderr);
}

#[test]
fn what_cannot_be_run_says_what_to_do() {
    let folder = Folder::with("# nothing\n");
    let says = |ran: Ran, words: &[&str]| {
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{}", ran.stderr);
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
        }
    };
    says(folder.run(&[]), &["error: no review is in `reviews`", "help: a review is a SubjectAccessReview"]);
    says(folder.run(&["-o", "jsn"]), &["invalid value 'jsn'", "json"]);
    says(folder.run(&["-o", "wide"]), &["invalid value 'wide'", "[possible values: json, yaml]"]);
    says(folder.run(&["--agregate"]), &["a similar argument exists: '--aggregate'"]);
    let rbac = folder.path("rbac.yaml");
    says(CommandLine::new(["can-i", "-f", &rbac]).run(), &["--reviews <FILE|->"]);
    says(CommandLine::new(["can-i", "--reviews", &rbac]).run(), &["nothing to read"]);
    says(CommandLine::new(["can-l", "--reviews", &rbac]).run(), &["can-i"]);
    says(
        CommandLine::new(["can-i", "-f", &rbac, "--reviews", "gone"]).run(),
        &["cannot read `gone`: no such file"],
    );
}

#[test]
fn kinds_that_are_not_in_the_input_are_said() {
    let folder = Folder::with(&review(DEPLOYER));
    let without_roles = RBAC
        .split("---\n")
        .filter(|document| !document.contains("RoleList"))
        .collect::<Vec<_>>()
        .join("---\n");
    std::fs::write(folder.path("rbac.yaml"), without_roles).expect("a temporary file can be written");
    let ran = folder.run(&[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, LACKING));
}

#[test]
fn the_sample_that_is_built_in_answers_too() {
    let folder = Folder::with(&review(DEPLOYER));
    let ran = CommandLine::new(["can-i", "--demo", "--reviews", &folder.path("reviews")]).run();
    assert_eq!((ran.code, ran.stdout.matches("allowed:").count()), (0, 1), "{}", ran.stderr);
}
