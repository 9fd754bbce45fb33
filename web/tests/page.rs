//! The app in a real document: files go in by its own fields, what stands in the page is looked at.
#![cfg(target_arch = "wasm32")]

use cilium_exec_check_web::app::{App, Props};
use cilium_exec_check_web::runner::{Runner, Running, in_place};
use gloo::timers::future::TimeoutFuture;
use gloo::utils::document;
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{DataTransfer, Element, Event, EventInit, File, HtmlElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A cluster in which `ci/deployer` may exec into the agent.
const CLUSTER: &str = include_str!("page/cluster.yaml");

/// The app in an element of its own.
struct Page(Element);

impl Page {
    fn new() -> Page {
        Page::with(in_place())
    }

    fn with(runner: Runner) -> Page {
        let root = document().create_element("div").expect("an element can be made");
        gloo::utils::body().append_child(&root).expect("it can be put into the page");
        yew::Renderer::<App>::with_root_and_props(root.clone(), Props { runner }).render();
        Page(root)
    }

    /// The app with the cluster chosen.
    async fn of_cluster() -> Page {
        let page = Page::new();
        page.choose(&[("cluster.yaml", CLUSTER)]).await;
        page
    }

    /// Chooses files, as the browser's dialog does.
    async fn choose(&self, files: &[(&str, &str)]) {
        let input = self.find("input[type=file]").await.unchecked_into::<HtmlInputElement>();
        let transfer = DataTransfer::new().expect("a transfer can be made");
        for (name, text) in files {
            let parts = Array::of1(&JsValue::from_str(text));
            let file = File::new_with_str_sequence(&parts, name).expect("a file can be made");
            transfer.items().add_with_file(&file).expect("it can be added");
        }
        input.set_files(transfer.files().as_ref());
        changed(&input);
    }

    /// Waits for an element.
    async fn find(&self, selector: &str) -> Element {
        for _ in 0..500 {
            if let Ok(Some(found)) = self.0.query_selector(selector) {
                return found;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("there is no `{selector}` in:\n{}", self.0.inner_html());
    }

    /// The text of an element, once it is there.
    async fn text(&self, selector: &str) -> String {
        self.find(selector).await.text_content().unwrap_or_default()
    }

    /// Waits until an element says this.
    async fn says(&self, selector: &str, expected: &str) {
        let mut said = String::new();
        for _ in 0..500 {
            said = self.text(selector).await;
            if said.contains(expected) {
                return;
            }
            TimeoutFuture::new(10).await;
        }
        panic!("`{selector}` does not say `{expected}` but `{said}`");
    }

    async fn click(&self, selector: &str) {
        self.find(selector).await.unchecked_into::<HtmlElement>().click();
    }

    /// The button that says this.
    async fn press(&self, label: &str) {
        let buttons = self.0.query_selector_all("button").expect("the selector is one");
        let found = (0..buttons.length())
            .filter_map(|index| buttons.get(index))
            .find(|button| button.text_content().is_some_and(|text| text.contains(label)));
        found
            .unwrap_or_else(|| panic!("there is no button `{label}`"))
            .unchecked_into::<HtmlElement>()
            .click();
        TimeoutFuture::new(0).await;
    }

    /// The texts of all elements that there are.
    fn all(&self, selector: &str) -> Vec<String> {
        let found = self.0.query_selector_all(selector).expect("the selector is one");
        (0..found.length())
            .filter_map(|index| found.get(index))
            .map(|node| node.text_content().unwrap_or_default())
            .collect()
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// Tells of a field's change, as the browser does after the user made it.
fn changed(field: &Element) {
    let init = EventInit::new();
    init.set_bubbles(true);
    let change = Event::new_with_event_init_dict("change", &init).expect("an event can be made");
    field.dispatch_event(&change).expect("it can be sent");
}

#[wasm_bindgen_test]
async fn the_verdict_says_how_many_can_get_in_and_what_is_missing() {
    let page = Page::of_cluster().await;
    page.says("#verdict", "At least 1 identity can gain privileged Cilium access.").await;
    let incomplete = page.text(".incomplete").await;
    assert!(
        incomplete.starts_with("INCOMPLETE: ClusterRoleBinding, Role, Node (not in the input)"),
        "{incomplete}"
    );
    page.says("[role=status]", "At least 1 identity can gain privileged Cilium access.").await;
    assert_eq!(page.text(".counts").await, "1 finding: 1 critical");
}

#[wasm_bindgen_test]
async fn the_table_says_who_how_by_which_grant_and_where() {
    let page = Page::of_cluster().await;
    page.find("tr.finding").await;
    assert_eq!(page.all("thead th"), ["Severity", "Identity", "How", "Granted by", "Where"]);
    let cells = page.all("tr.finding td");
    let [severity, identity, how, granted_by, place] = cells.as_slice() else { panic!("{cells:?}") };
    assert_eq!(severity, "critical");
    assert_eq!(identity, "serviceaccount/ci/deployer");
    assert!(how.starts_with("exec into"), "{how}");
    assert_eq!(granted_by, "RoleBinding kube-system/ci-exec → debug");
    assert_eq!(place, "cluster.yaml:37, 33");
}

#[wasm_bindgen_test]
async fn a_finding_that_is_opened_shows_binding_role_rule_and_their_lines() {
    let page = Page::of_cluster().await;
    page.click("button.identity").await;
    page.find(".steps").await;
    let evidence = page.text(".evidence").await;
    for part in [
        "RoleBinding kube-system/ci-exec cluster.yaml:37",
        "number 1 cluster.yaml:42",
        "ClusterRole debug cluster.yaml:29",
        "cluster.yaml:33",
        "pods/exec",
        "kubectl auth can-i create pods --subresource=exec",
    ] {
        assert!(evidence.contains(part), "`{part}` is not in `{evidence}`");
    }
    assert_eq!(page.find("button.identity").await.get_attribute("aria-expanded").as_deref(), Some("true"));
    page.click("button.identity").await;
    TimeoutFuture::new(50).await;
    assert!(page.all(".steps").is_empty(), "it closes again");
}

#[wasm_bindgen_test]
async fn names_from_the_input_are_text_and_nothing_else() {
    let hostile = "<img src=x onerror=alert(1)>\u{202e}\u{1b}[31m";
    let escaped = serde_json::to_string(hostile).expect("a string is JSON");
    let text = CLUSTER
        .replace("name: deployer", &format!("name: {escaped}"))
        .replace("name: debug", "name: \"</script><b>x\"");
    let page = Page::new();
    page.choose(&[("<b>&.yaml", &text)]).await;
    page.find("tr.finding").await;
    page.click("button.identity").await;
    page.find(".steps").await;
    assert!(page.all("img, b, script").is_empty(), "markup came out of a name");
    let identity = page.text("button.identity").await;
    assert_eq!(identity, "serviceaccount/ci/<img src=x onerror=alert(1)><U+202E><U+001B>[31m");
    assert!(page.text(".place").await.starts_with("<b>&.yaml:"));
    let everything = page.0.text_content().unwrap_or_default();
    assert!(
        !everything.chars().any(|c| c == '\u{202e}' || c == '\u{1b}'),
        "something invisible came through"
    );
}

#[wasm_bindgen_test]
async fn what_cannot_be_read_is_named_with_line_and_column() {
    let page = Page::new();
    let twice = "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\n  name: b\n";
    page.choose(&[("cluster.yaml", CLUSTER), ("twice.yaml", twice), ("cut.yaml", "a: [1,\n")]).await;
    page.find(".diagnostics li").await;
    let said = page.all(".diagnostics li");
    assert!(said.iter().any(|text| text.starts_with("twice.yaml:5:3: ")), "{said:?}");
    assert!(said.iter().any(|text| text.starts_with("cut.yaml:")), "{said:?}");
    page.says(".fold h2 .wrong", "2 errors").await;
    page.says("#verdict", "At least 1 identity").await;
}

#[wasm_bindgen_test]
async fn the_sample_is_checked_at_a_press_of_its_button() {
    let page = Page::new();
    page.find("button").await;
    page.press("Try the sample").await;
    page.says("#verdict", "can gain privileged Cilium access.").await;
    page.find("tr.finding").await;
    assert!(page.all("tr.finding").len() > 5, "the sample shows a bit of everything");
}

#[wasm_bindgen_test]
async fn a_check_that_is_cancelled_says_so_and_stops() {
    let page = Page::with(Runner::new(|_| Running::new(|_| {}, ())));
    page.choose(&[("cluster.yaml", CLUSTER)]).await;
    page.says("[role=status]", "Checking 1 file").await;
    page.find("progress").await;
    page.press("Cancel").await;
    page.says("[role=status]", "Cancelled").await;
    assert!(page.all("progress").is_empty(), "the progress is gone");
}

#[wasm_bindgen_test]
async fn a_file_that_is_removed_no_longer_counts() {
    let page = Page::new();
    page.choose(&[("cluster.yaml", CLUSTER), ("empty.yaml", "# nothing\n")]).await;
    page.says("#verdict", "At least 1 identity").await;
    page.click("button[aria-label='Remove cluster.yaml']").await;
    page.says("#verdict", "There is nothing to check").await;
    page.says(".files .name", "empty.yaml").await;
    assert_eq!(page.all(".files .name"), ["empty.yaml"]);
}

#[wasm_bindgen_test]
async fn a_grant_that_is_switched_off_closes_what_needs_it_until_it_is_put_back() {
    let page = Page::of_cluster().await;
    page.click("button.identity").await;
    page.click("button[aria-label='What if without RoleBinding kube-system/ci-exec']").await;
    page.says(".what-if", "1 finding closes, none is left. Closed: serviceaccount/ci/deployer.").await;
    page.says(".verdict", "WHAT IF: judged without rolebinding/kube-system/ci-exec").await;
    page.says("#verdict", "No way in was found so far, but the input is incomplete.").await;
    page.says("tr.finding.closed", "closed").await;
    page.find(".steps").await;
    page.press("Undo").await;
    page.says("#verdict", "At least 1 identity").await;
    assert!(page.all(".what-if, tr.closed").is_empty(), "everything is as it was");
}

#[wasm_bindgen_test]
async fn a_path_is_drawn_beside_its_steps() {
    let page = Page::of_cluster().await;
    page.click("button.identity").await;
    page.find("figure.drawn > svg.picture").await;
    assert_eq!(page.text(".picture > title").await, "How serviceaccount/ci/deployer gains exec");
}

#[wasm_bindgen_test]
async fn a_version_that_is_chosen_is_judged_by_at_once() {
    let page = Page::of_cluster().await;
    page.says(".context", "Kubernetes version unknown").await;
    let field = page.find(".asked select").await.unchecked_into::<web_sys::HtmlSelectElement>();
    field.set_value("30");
    changed(&field);
    page.says(".context", "Kubernetes 1.30").await;
}
