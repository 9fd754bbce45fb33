//! What the page's script and the Worker's script both start.

fn main() {
    cilium_exec_check_web::start();
}
