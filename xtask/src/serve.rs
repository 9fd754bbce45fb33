//! The built page → a server on this machine alone, for browsers that keep files from file:// apart.

use crate::Failure;
use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;

/// Where it listens unless something else does already.
const PORT: u16 = 8080;

/// Serves the page until it is interrupted.
pub(crate) fn serve(page: &Path) -> Result<(), Failure> {
    let local = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = local(PORT).or_else(|_| local(0));
    let listener =
        listener.map_err(|error| Failure::unusable(format!("cannot listen on 127.0.0.1: {error}")))?;
    let address = listener
        .local_addr()
        .map_err(|error| Failure::unusable(format!("the address is not known: {error}")))?;
    println!("\nhttp://{address}/   (Ctrl-C ends it)");
    for stream in listener.incoming().flatten() {
        // A browser that goes away is no reason to stop.
        let _ = answer(stream, page);
    }
    Ok(())
}

/// The page for `/`, read anew each time; nothing else is here.
fn answer(stream: TcpStream, page: &Path) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let wanted = request.split_whitespace().nth(1).unwrap_or_default();
    let (status, body) = match wanted {
        "/" => ("200 OK", std::fs::read(page)?),
        _ => ("404 Not Found", b"nothing is here".to_vec()),
    };
    let kind = if wanted == "/" { "text/html" } else { "text/plain" };
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}; charset=utf-8\r\nContent-Length: {}\r\n\
         Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)?;
    stream.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    fn get(path: &str, page: &Path) -> String {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let address = listener.local_addr().expect("it has an address");
        let mut client = TcpStream::connect(address).expect("it listens");
        write!(client, "GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("it reads");
        let (stream, _) = listener.accept().expect("somebody asks");
        answer(stream, page).expect("it answers");
        let mut text = String::new();
        client.read_to_string(&mut text).expect("the answer is text");
        text
    }

    #[test]
    fn the_page_is_served_and_nothing_else() {
        let page = std::env::temp_dir().join(format!("page-{}.html", std::process::id()));
        std::fs::write(&page, "<p>page</p>").expect("there is room");
        let (root, other) = (get("/", &page), get("/../Cargo.toml", &page));
        std::fs::remove_file(&page).expect("it is there");
        assert!(root.starts_with("HTTP/1.1 200 OK\r\nContent-Type: text/html"), "{root}");
        assert!(root.ends_with("\r\n\r\n<p>page</p>"), "{root}");
        assert!(other.starts_with("HTTP/1.1 404"), "{other}");
    }
}
