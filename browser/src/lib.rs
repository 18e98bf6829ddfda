//! A browser without a window, driven by the W3C `WebDriver` protocol: what the pages of lessons
//! are tested in.
//!
//! The tests need Chromium and its driver, so `cargo test --workspace` leaves them out. They are
//! run by `cargo test -p browser --test player`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

mod http;

/// What is said where there is no browser.
const MISSING: &str = "the pages are tested in a browser, and none is here: \
    apt-get install chromium chromium-driver";
/// The names that a browser of this kind has on various systems.
const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
/// After this time, a command that has no answer has failed.
const TIMEOUT: Duration = Duration::from_secs(60);

/// A browser, with its driver; both end when it is dropped.
#[derive(Debug)]
pub struct Browser {
    driver: Child,
    port: u16,
    /// The path that each command begins with; empty until there is a session.
    session: String,
}

impl Browser {
    /// Starts the driver and a browser of its own.
    ///
    /// # Errors
    /// If either is missing, naming the packages to install, or does not start.
    pub fn start() -> Result<Self, String> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut known = BROWSERS
            .iter()
            .flat_map(|name| std::env::split_paths(&path).map(move |folder| folder.join(name)));
        let binary = known.find(|file| file.is_file()).ok_or(MISSING)?;
        Self::start_with("chromedriver", &binary)
    }

    fn start_with(driver: &str, browser: &Path) -> Result<Self, String> {
        let mut driver = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{MISSING} (chromedriver: {error})"))?;
        let told = driver.stdout.take();
        let mut started = Self { driver, port: 0, session: String::new() };
        let mut lines = BufReader::new(told.ok_or("the driver has no output")?).lines();
        // It ends its first lines with the port that it was given.
        let port = |line: String| {
            let (_, port) = line.split_once("started successfully on port ")?;
            port.trim_end_matches('.').parse().ok()
        };
        started.port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(port)
            .ok_or("chromedriver has ended before it named its port")?;
        let capabilities = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": { "browser": "ALL" },
            "goog:chromeOptions": { "binary": browser, "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            ] },
        } } });
        let session = started.command("POST", "/session", &capabilities)?;
        let id = session["sessionId"].as_str().ok_or("a session without a name")?;
        started.session = format!("/session/{id}");
        Ok(started)
    }

    /// Opens an address, and waits until it is loaded.
    ///
    /// # Errors
    /// If the driver refuses.
    pub fn open(&self, address: &str) -> Result<(), String> {
        self.post("/url", &json!({ "url": address })).map(drop)
    }

    /// Goes back, as by the browser's own button.
    ///
    /// # Errors
    /// If the driver refuses.
    pub fn back(&self) -> Result<(), String> {
        self.post("/back", &json!({})).map(drop)
    }

    /// Runs the body of a function in the page, and returns what it returns.
    ///
    /// # Errors
    /// If it throws.
    pub fn run(&self, script: &str) -> Result<Value, String> {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    /// Presses keys one after the other; `\u{E003}` is Backspace, `\u{E004}` is Tab.
    ///
    /// # Errors
    /// If the driver refuses.
    pub fn press(&self, keys: &str) -> Result<(), String> {
        let press = |key| {
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": String::from(key) }))
        };
        let actions: Vec<Value> = keys.chars().flat_map(press).collect();
        let keyboard = json!([{ "type": "key", "id": "keyboard", "actions": actions }]);
        self.post("/actions", &json!({ "actions": keyboard })).map(drop)
    }

    /// Clicks in the middle of the first element that a CSS selector finds.
    ///
    /// # Errors
    /// If there is none, or something covers it.
    pub fn click(&self, selector: &str) -> Result<(), String> {
        let wanted = json!({ "using": "css selector", "value": selector });
        let found = self.post("/element", &wanted)?;
        let id = found.as_object().and_then(|found| found.values().next()?.as_str());
        let id = id.ok_or("an element without a name")?;
        self.post(&format!("/element/{id}/click"), &json!({})).map(drop)
    }

    /// Returns what the console has got since it was last asked for.
    ///
    /// # Errors
    /// If the driver refuses.
    pub fn console(&self) -> Result<Vec<Value>, String> {
        let log = self.post("/se/log", &json!({ "type": "browser" }))?;
        Ok(log.as_array().cloned().unwrap_or_default())
    }

    /// Sends a command of Chromium's own protocol.
    ///
    /// # Errors
    /// If the browser refuses.
    pub fn devtools(&self, command: &str, params: &Value) -> Result<Value, String> {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": params }))
    }

    fn post(&self, path: &str, body: &Value) -> Result<Value, String> {
        self.command("POST", &format!("{}{path}", self.session), body)
    }

    fn command(&self, method: &str, path: &str, body: &Value) -> Result<Value, String> {
        let failed = |error| format!("{method} {path}: {error}");
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).map_err(failed)?;
        stream.set_read_timeout(Some(TIMEOUT)).map_err(failed)?;
        stream
            .write_all(http::request(method, path, &body.to_string()).as_bytes())
            .map_err(failed)?;
        let answer = http::body(&mut BufReader::new(stream)).map_err(failed)?;
        let mut answer: Value = serde_json::from_slice(&answer)
            .map_err(|error| format!("{method} {path}: no JSON: {error}"))?;
        let value = answer["value"].take();
        match value["error"].as_str() {
            Some(error) => Err(format!("{method} {path}: {error}: {}", value["message"])),
            None => Ok(value),
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if !self.session.is_empty() {
            let _ = self.command("DELETE", &self.session, &json!({}));
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_driver_is_told_with_the_packages_to_install() {
        let missing = Browser::start_with("/no/such/driver", Path::new("/no/such/browser"));
        let told = missing.expect_err("there is no such driver");
        assert!(told.contains("apt-get install chromium chromium-driver"), "{told}");
    }
}
