// Under each step stand the lines of the file as they are written there, with their numbers.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { drop, pages, sample, verdict } from "./browser.js";
import { folder } from "./cli.js";
import { cluster, yaml } from "./clusters.js";

const onThePage = pages();

const RBAC = `# who may look into the agent
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  name: debug
rules:
  # for the night shift
  - apiGroups: [""]   # core
    resources:
      - pods/exec
    verbs: [create]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: ci-exec, namespace: kube-system}
subjects:
  - {kind: ServiceAccount, name: deployer, namespace: ci}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: debug}
`;

const LINES = [
  "18roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: debug}\n",
  "17  - {kind: ServiceAccount, name: deployer, namespace: ci}\n",
  '8  - apiGroups: [""]   # core\n9    resources:\n10      - pods/exec\n11    verbs: [create]\n',
];

const lines = (page) => page.locator("tr.detail .path").first().locator("pre.lines");

/** What the tests drop: pods in one file, roles in another. */
function files(t) {
  const pods = yaml(cluster().filter(({ kind }) => !/Role/.test(kind)));
  return folder(t, { "pods.yaml": pods, "rbac.yaml": RBAC, "rbac.yaml.gz": "" });
}

async function opened(page, root, rbac) {
  await drop(page, [join(root, "pods.yaml"), join(root, rbac)]);
  await verdict(page);
  await page.locator("button.identity").first().click();
}

onThePage("the lines of binding, subject and rule are those of the file", {}, async (page, t) => {
  await opened(page, files(t), "rbac.yaml");
  await lines(page).nth(2).waitFor();
  assert.deepEqual(await lines(page).allTextContents(), LINES);
  assert.equal(await page.getByText("normalised").count(), 0);
});

onThePage("the lines of a compressed file are those in it", {}, async (page, t) => {
  const root = files(t);
  writeFileSync(join(root, "rbac.yaml.gz"), gzipSync(RBAC));
  await opened(page, root, "rbac.yaml.gz");
  await lines(page).nth(2).waitFor();
  assert.deepEqual(await lines(page).allTextContents(), LINES);
});

onThePage("of a file that was changed meanwhile the rule is shown as it was read", {}, async (page, t) => {
  const root = files(t);
  await drop(page, [join(root, "pods.yaml"), join(root, "rbac.yaml")]);
  await verdict(page);
  writeFileSync(join(root, "rbac.yaml"), RBAC.replace("create", "delete").replace("deployer", "somebody"));
  await page.locator("button.identity").first().click();
  await page.getByText("number 1, normalised").waitFor();
  await page.waitForTimeout(1000);
  assert.deepEqual(await lines(page).allTextContents(), []);
  assert.match(await page.locator(".evidence pre").first().textContent(), /resources: \["pods\/exec"\]/);
});

onThePage("the lines of the sample are there, and numbers are not copied along", {}, async (page) => {
  await sample(page);
  await page.getByRole("button", { name: "serviceaccount/ci/deployer" }).click();
  await lines(page).first().waitFor();
  const chosen = await lines(page).first().evaluate((element) => {
    getSelection().selectAllChildren(element);
    return getSelection().toString();
  });
  assert.match(chosen, /^ *roleRef:/);
});
