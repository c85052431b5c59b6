//! What every round begins with: an administrator who is signed in, accounts to change, accounts to log in to, and a
//! declared reading of the whole audit trail. It is made once, through the service, and copied for each round.

use crate::node::{Door, Running, command};
use crate::plan::CROWD;
use crate::postgres::Postgres;
use anyhow::{Context, ensure};
use chrono::{Datelike, Days, NaiveDate, Weekday};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use sqlx::Connection;
use std::fs;
use std::path::Path;
use std::time::Duration;
use uuid::Uuid;

/// The database that rounds are copies of.
pub(crate) const TEMPLATE: &str = "chaos";

/// Accounts that one client each changes.
pub(crate) const OWN: usize = CROWD;

/// Accounts that all clients change.
const SHARED: usize = 2;

/// Accounts that are logged in to.
const VICTIMS: usize = 3;

/// Agents of the unit who ask for leave, under staff numbers from 1, and the number of their manager.
const AGENTS: usize = 3;
const MANAGER: usize = 9;

/// Days from now to the first that leave is asked for: none has begun before the round ends, whatever the clocks say.
const AHEAD: u64 = 30;

/// Somebody who logs in.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) account: Uuid,
    pub(crate) username: String,
    pub(crate) password: String,
}

/// What clients know from the beginning.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// The session of an administrator who is HR and auditor as well.
    pub(crate) token: String,
    /// One account a client.
    pub(crate) own: Vec<Uuid>,
    /// Accounts of everybody.
    pub(crate) shared: Vec<Uuid>,
    /// Those who log in.
    pub(crate) victims: Vec<Person>,
    /// Those who ask for leave, each with a session.
    pub(crate) agents: Vec<(Uuid, String)>,
    /// The session of their manager.
    pub(crate) manager: String,
    /// The first day that they ask for, a Monday.
    pub(crate) monday: NaiveDate,
    /// The reading of the whole trail.
    pub(crate) reading: Uuid,
    /// The position of the last event of all this.
    pub(crate) position: i64,
}

impl World {
    /// Makes it in the database [`TEMPLATE`].
    ///
    /// # Errors
    /// When the program does not do what it is asked while nothing breaks.
    pub(crate) async fn make(program: &Path, postgres: &Postgres, directory: &Path) -> anyhow::Result<Self> {
        postgres.run("postgres", &[format!("CREATE DATABASE {TEMPLATE}")]).await?;
        let admin = json_of(
            program,
            postgres,
            &[
                "accounts",
                "provision",
                "Camille",
                "Durand",
                "--json",
                "--role",
                "administrator",
                "--role",
                "hr",
                "--role",
                "auditor",
            ],
        )
        .await?;
        let monday = import(program, postgres, directory).await?;
        // None of the six roles: it takes all of them.
        let node = Running::start(program, postgres, TEMPLATE, usize::MAX, directory).await?;
        let address = node.ready(Duration::from_secs(60)).await?.context("no address")?;
        let maker = Maker { http: Client::builder().no_proxy().build()?, base: format!("http://{address}") };
        let admin = maker.first_login(&admin).await?;
        let body = json!({ "username": admin.username, "password": admin.password });
        let token = text(&maker.post("/v1/sessions", None, &body).await?, "token")?;
        let mut agents = Vec::new();
        for number in 1..=AGENTS {
            agents.push(maker.employee(program, postgres, number).await?);
        }
        let (_, manager) = maker.employee(program, postgres, MANAGER).await?;
        let mut opened = Vec::new();
        for number in 0..OWN + SHARED + VICTIMS {
            let body = json!({ "given_name": "Sacha", "family_name": letters(number) });
            opened.push(maker.post("/v1/accounts", Some(&token), &body).await?);
        }
        let mut victims = Vec::new();
        for provisioned in opened.drain(OWN + SHARED..) {
            victims.push(maker.first_login(&provisioned).await?);
        }
        let accounts: Vec<Uuid> = opened.iter().map(|opened| id(opened, "account")).collect::<Result<_, _>>()?;
        let (own, shared) = accounts.split_at_checked(OWN).context("accounts")?;
        let declared = maker.post("/v1/audit-readings", Some(&token), &json!({})).await?;
        let position = declared.get("position").and_then(Value::as_i64).context("a position")?;
        let world = Self {
            token,
            own: own.to_vec(),
            shared: shared.to_vec(),
            victims,
            agents,
            manager,
            monday,
            reading: id(&declared, "reading")?,
            position,
        };
        maker.shown(&world).await?;
        ensure!(*node.door.borrow() != Door::Closed, "the process has ended");
        node.process.end().await;
        Ok(world)
    }
}

/// Imports a unit with its manager and agents, all employed for long. The first Monday far enough ahead.
async fn import(program: &Path, postgres: &Postgres, directory: &Path) -> anyhow::Result<NaiveDate> {
    let folder = directory.join("hr");
    fs::create_dir_all(&folder)?;
    let each = |row: &dyn Fn(usize) -> String| (1..=AGENTS).chain([MANAGER]).map(row).collect::<String>();
    let assigned = each(&|number| format!("{number},d1,1990-01-01,9999-01-01\n"));
    let titles = each(&|number| format!("{number},Agent,1990-01-01,9999-01-01\n"));
    for (name, text) in [
        ("departments", "dept_no,dept_name\nd1,Propreté\n".to_owned()),
        ("dept_manager", format!("emp_no,dept_no,from_date,to_date\n{MANAGER},d1,2000-01-01,9999-01-01\n")),
        ("dept_emp", format!("emp_no,dept_no,from_date,to_date\n{assigned}")),
        ("titles", format!("emp_no,title,from_date,to_date\n{titles}")),
    ] {
        fs::write(folder.join(format!("{name}.csv")), text)?;
    }
    let folder = folder.to_str().context("a folder that is text")?;
    let imported = json_of(program, postgres, &["import", "hr", folder, "--json"]).await?;
    ensure!(imported.get("bad").and_then(Value::as_array).is_some_and(Vec::is_empty), "import hr: {imported}");
    let mut connection = postgres.connect(TEMPLATE, Duration::from_secs(30)).await?;
    let today: NaiveDate = sqlx::query_scalar("SELECT current_date").fetch_one(&mut connection).await?;
    connection.close().await?;
    let ahead = today + Days::new(AHEAD);
    ahead.iter_days().find(|day| day.weekday() == Weekday::Mon).context("no Monday is left")
}

async fn json_of(program: &Path, postgres: &Postgres, arguments: &[&str]) -> anyhow::Result<Value> {
    let output = command(program, postgres, TEMPLATE, arguments).output().await.context("the program")?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
    Ok(serde_json::from_slice(&output.stdout)?)
}

struct Maker {
    http: Client,
    base: String,
}

impl Maker {
    async fn post(&self, path: &str, token: Option<&str>, body: &Value) -> anyhow::Result<Value> {
        let key = Uuid::new_v4().to_string();
        let request = self.http.post(format!("{}{path}", self.base)).header("Idempotency-Key", key).json(body);
        let request = token.into_iter().fold(request, |request, token| request.bearer_auth(token));
        let answer = request.send().await?;
        let (status, body) = (answer.status(), answer.text().await?);
        ensure!(status.is_success(), "{path}: {status}: {body}");
        Ok(serde_json::from_str(&body)?)
    }

    /// Sets a personal password for an account that was just opened.
    async fn first_login(&self, provisioned: &Value) -> anyhow::Result<Person> {
        let (username, password) = (text(provisioned, "username")?, format!("Un Cheval-{}", Uuid::new_v4()));
        let code = text(provisioned, "initial_code")?;
        let body = json!({ "username": username, "initial_code": code, "password": password });
        self.post("/v1/first-login", None, &body).await?;
        Ok(Person { account: id(provisioned, "account")?, username, password })
    }

    /// The account of somebody who was imported under a staff number, and a session of his.
    async fn employee(&self, program: &Path, postgres: &Postgres, number: usize) -> anyhow::Result<(Uuid, String)> {
        let (family, number) = (letters(number), number.to_string());
        let arguments = ["accounts", "provision", "Alix", &family, "--staff-number", &number, "--json"];
        let Person { account, username, password } =
            self.first_login(&json_of(program, postgres, &arguments).await?).await?;
        let body = json!({ "username": username, "password": password });
        Ok((account, text(&self.post("/v1/sessions", None, &body).await?, "token")?))
    }

    /// Waits until the read models show all of it.
    async fn shown(&self, world: &World) -> anyhow::Result<()> {
        let paths = [
            format!("/v1/accounts/{}", world.own.first().context("an account")?),
            format!("/v1/audit-readings/{}/entries?limit=1", world.reading),
        ];
        for path in paths {
            let request = self.http.get(format!("{}{path}", self.base)).bearer_auth(&world.token);
            let answer = request.header("At-Least-Position", world.position).header("Prefer", "wait=5").send().await?;
            ensure!(answer.status() == StatusCode::OK, "{path}: {}", answer.status());
        }
        Ok(())
    }
}

fn text(value: &Value, name: &str) -> anyhow::Result<String> {
    Ok(value.get(name).and_then(Value::as_str).with_context(|| format!("no {name}"))?.to_owned())
}

fn id(value: &Value, name: &str) -> anyhow::Result<Uuid> {
    Ok(text(value, name)?.parse()?)
}

/// A name without digits: what a number is in base 26.
pub(crate) fn letters(mut number: usize) -> String {
    let mut name = String::from("N");
    loop {
        name.push(char::from(b'a' + (number % 26) as u8));
        number /= 26;
        if number == 0 {
            return name;
        }
    }
}
