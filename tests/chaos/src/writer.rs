//! A client that sends commands, and reads back what it wrote.

use crate::history::{Ask, Command};
use crate::look::{look, look_at_leave};
use crate::scene::{Question, Scene};
use crate::world::letters;
use chrono::Days;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

const ROLES: [&str; 4] = ["manager", "auditor", "hr-health", "data-protection"];

/// Mondays that leave is asked from, and days that it lasts: every other week, so that leaves do not touch, and more in
/// all than anybody has a right to.
const MONDAYS: u64 = 12;
const DAYS: u64 = 5;

/// One client.
pub(crate) struct Writer {
    scene: Arc<Scene>,
    /// What it asks for and when it looks: drawn from as often in each step, whatever comes of it.
    choices: ChaCha8Rng,
    /// Which door it goes to, as often as it has to.
    doors: ChaCha8Rng,
    number: usize,
    sent: usize,
    own: Uuid,
    /// The roles of its own account, which nobody else changes.
    roles: BTreeSet<&'static str>,
}

/// One step, as the seed has it.
struct Step {
    ask: Ask,
    trace: Uuid,
    /// Whether it is sent again though it was answered, as a client does whose answer was lost after it was given.
    again: bool,
    /// Whether it is read what came of it.
    looks: bool,
}

impl Writer {
    pub(crate) fn new(scene: Arc<Scene>, seed: u64, number: usize, own: Uuid) -> Self {
        let stream = |number: u64| {
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            random.set_stream(number);
            random
        };
        let (choices, doors) = (stream(1 + number as u64), stream(2_000 + number as u64));
        Self { scene, choices, doors, number, sent: 0, own, roles: BTreeSet::new() }
    }

    /// Sends until the round closes, then finishes what is in doubt.
    pub(crate) async fn run(mut self) {
        while !self.scene.closing.is_cancelled() {
            self.step().await;
        }
    }

    /// Sends one command and reads what it changed. Says whether both were answered.
    pub(crate) async fn step(&mut self) -> bool {
        let Step { ask, trace, again, looks } = self.choose();
        let command = self.send(ask, trace).await;
        let Some((Some(position), about)) = command.done() else { return false };
        if again && !matches!(command.ask, Ask::LogIn { .. }) {
            self.resend(&command).await;
        }
        let (scene, doors) = (&self.scene, &mut self.doors);
        match (command.ask, about) {
            _ if !looks => true,
            (Ask::RequestLeave { agent, .. }, Some(leave))
            | (Ask::ApproveLeave { agent, leave } | Ask::WithdrawLeave { agent, leave }, _) => {
                look_at_leave(scene, doors, agent, leave, position).await
            }
            (Ask::Grant(account, _) | Ask::Revoke(account, _) | Ask::Reactivate(account), _)
            | (Ask::LogIn { account, .. }, _)
            | (Ask::Provision, Some(account)) => look(scene, doors, account, position).await,
            (Ask::Provision | Ask::RequestLeave { .. }, None) => true,
        }
    }

    fn choose(&mut self) -> Step {
        let random = &mut self.choices;
        let world = &self.scene.world;
        let role = *ROLES.choose(random).unwrap_or(&"manager");
        let victim = world.victims.choose(random).map_or(self.own, |victim| victim.account);
        let shared = world.shared.choose(random).copied().unwrap_or(self.own);
        let agent = world.agents.choose(random).map_or(self.own, |(agent, _)| *agent);
        let first = world.monday + Days::new(14 * random.random_range(0..MONDAYS));
        let (kind, leave) = (random.random_range(0..100), random.random::<u32>());
        let (trace, again, looks) = (random.random(), random.random_bool(0.1), random.random_bool(0.6));
        let request = Ask::RequestLeave { agent, first, last: first + Days::new(DAYS - 1) };
        let leave = self.recent_leave(leave);
        let ask = match (kind, leave) {
            (0..40, _) if self.roles.contains(role) => Ask::Revoke(self.own, role),
            (0..40, _) => Ask::Grant(self.own, role),
            (40..46, _) => Ask::Grant(shared, role),
            (46..52, _) => Ask::Revoke(shared, role),
            (52..60, _) => Ask::Provision,
            (60..67, _) => Ask::LogIn { account: victim, right: false },
            (67..74, _) => Ask::LogIn { account: victim, right: true },
            (74..80, _) => Ask::Reactivate(victim),
            (90..95, Some((agent, leave))) => Ask::ApproveLeave { agent, leave },
            (95.., Some((agent, leave))) => Ask::WithdrawLeave { agent, leave },
            _ => request,
        };
        Step { ask, trace: Uuid::from_u128(trace), again, looks }
    }

    /// One of the leaves that were last asked for, whoever did.
    fn recent_leave(&self, drawn: u32) -> Option<(Uuid, Uuid)> {
        let history = self.scene.history();
        let asked = history.commands.iter().rev().filter_map(|command| match command.ask {
            Ask::RequestLeave { agent, .. } => Some((agent, command.done()?.1?)),
            _ => None,
        });
        let recent: Vec<(Uuid, Uuid)> = asked.take(4).collect();
        recent.get(drawn as usize % recent.len().max(1)).copied()
    }

    async fn send(&mut self, ask: Ask, trace: Uuid) -> Command {
        let begun = self.scene.now();
        let mut command = Command { trace, ask, begun, ended: begun, answers: Vec::new() };
        self.sent += 1;
        self.settle(&mut command).await;
        match command.ask {
            Ask::Grant(account, role) if account == self.own && command.done().is_some() => {
                self.roles.insert(role);
            }
            Ask::Revoke(account, role) if account == self.own && command.done().is_some() => {
                self.roles.remove(role);
            }
            _ => {}
        }
        command
    }

    async fn resend(&mut self, command: &Command) {
        let mut again = Command { begun: self.scene.now(), answers: Vec::new(), ..command.clone() };
        self.settle(&mut again).await;
    }

    async fn settle(&mut self, command: &mut Command) {
        let question = self.question(&command.ask);
        let scene = Arc::clone(&self.scene);
        scene.settle(command, &question, &mut self.doors).await;
    }

    fn question(&self, ask: &Ask) -> Question {
        let world = &self.scene.world;
        let token_of = |agent: &Uuid| {
            let agent = world.agents.iter().find(|(account, _)| account == agent);
            agent.map_or_else(String::new, |(_, token)| token.clone())
        };
        let by = match ask {
            Ask::LogIn { .. } => None,
            Ask::RequestLeave { agent, .. } | Ask::WithdrawLeave { agent, .. } => Some(token_of(agent)),
            Ask::ApproveLeave { .. } => Some(world.manager.clone()),
            _ => Some(world.token.clone()),
        };
        let (path, body) = self.request(ask);
        Question { path, body, by }
    }

    fn request(&self, ask: &Ask) -> (String, Value) {
        let victim = |account: &Uuid| self.scene.world.victims.iter().find(|victim| victim.account == *account);
        match ask {
            Ask::Provision => {
                let family = format!("{} {}", letters(self.number), letters(self.sent));
                ("/v1/accounts".to_owned(), json!({ "given_name": "Lou", "family_name": family }))
            }
            Ask::Grant(account, role) => (format!("/v1/accounts/{account}/roles"), json!({ "role": role })),
            Ask::Revoke(account, role) => (format!("/v1/accounts/{account}/roles/{role}/revocation"), json!({})),
            Ask::Reactivate(account) => {
                (format!("/v1/accounts/{account}/reactivation"), json!({ "motive": "demande du service" }))
            }
            Ask::RequestLeave { first, last, .. } => {
                ("/v1/leave-requests".to_owned(), json!({ "type": "annual-leave", "first": first, "last": last }))
            }
            Ask::ApproveLeave { agent, leave } => {
                (format!("/v1/leave-requests/{leave}/approve"), json!({ "agent": agent, "step": 0 }))
            }
            Ask::WithdrawLeave { leave, .. } => (format!("/v1/leave-requests/{leave}/withdraw"), json!({})),
            Ask::LogIn { account, right } => {
                let (username, password) = victim(account)
                    .map(|victim| (victim.username.as_str(), victim.password.as_str()))
                    .unwrap_or_default();
                let password = if *right { password } else { "Mauvais Mot-1 de passe" };
                ("/v1/sessions".to_owned(), json!({ "username": username, "password": password }))
            }
        }
    }
}
