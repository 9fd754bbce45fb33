// Small exports that the tests are about.

/** A cluster in which this account may exec into the agent, by a role of this name. */
export function cluster({ account = "deployer", role = "debug" } = {}) {
  return [
    { apiVersion: "v1", kind: "Namespace", metadata: { name: "kube-system" } },
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: account, namespace: "ci" } },
    {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "cilium-aaaaa", namespace: "kube-system", labels: { "k8s-app": "cilium" } },
      spec: {
        nodeName: "n1",
        serviceAccountName: "cilium",
        hostNetwork: true,
        containers: [{ name: "cilium-agent", image: "quay.io/cilium/cilium:v1.18.6", securityContext: { privileged: true } }],
      },
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: role },
      rules: [{ apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: { name: "ci-exec", namespace: "kube-system" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role },
      subjects: [{ kind: "ServiceAccount", name: account, namespace: "ci" }],
    },
  ];
}

/** Objects as one YAML file: JSON is YAML, one document a line. */
export function yaml(objects) {
  return objects.map((object) => `---\n${JSON.stringify(object)}\n`).join("");
}

/** Objects as `kubectl get -o json` prints them. */
export function list(objects) {
  return JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }, null, 4) + "\n";
}

/** A binding to the role `debug` for each of so many accounts. */
export function bindings(number) {
  return Array.from({ length: number }, (_, index) => ({
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: `b-${index}`, namespace: "kube-system" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "debug" },
    subjects: [{ kind: "ServiceAccount", name: `account-${index}`, namespace: "ci" }],
  }));
}

/** Pods in block style as kubectl prints them, about so many bytes of them. */
export function pods(bytes) {
  const annotation = "x".repeat(4000);
  const pod = (index) => `- apiVersion: v1
  kind: Pod
  metadata:
    annotations:
      example.com/note: ${annotation}
    labels:
      app: web
    name: web-${index}
    namespace: shop-${index % 50}
  spec:
    containers:
    - image: registry.example.com/web:1
      name: web
      resources: {}
    nodeName: n${index % 20}
    serviceAccountName: web
  status:
    phase: Running
`;
  return items(bytes, pod);
}

/** Pods as nobody prints them, with a comment in each, so that reading them takes a while; about so many bytes. */
export function podsByHand(bytes) {
  const notes = Array.from({ length: 200 }, (_, note) => `      example.com/note-${note}: some words\n`).join("");
  const pod = (index) => `- apiVersion: v1 # by hand
  kind: Pod
  metadata:
    annotations:
${notes}    name: web-${index}
    namespace: shop
  spec:
    containers: [{name: web, image: web}]
`;
  return items(bytes, pod);
}

/** A List with as many items as come to about so many bytes; each is the text of the next index. */
function items(bytes, item) {
  const parts = ["apiVersion: v1\nkind: List\nitems:\n"];
  for (let index = 0, size = 0; size < bytes; index++) {
    const part = item(index);
    parts.push(part);
    size += part.length;
  }
  return parts.join("");
}
