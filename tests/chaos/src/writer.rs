//! A client that sends commands, and reads back what it wrote.

use crate::history::{Ask, Command};
use crate::look::look;
use crate::scene::Scene;
use crate::world::letters;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Arc;
use uuid::Uuid;

const ROLES: [&str; 4] = ["manager", "auditor", "hr-health", "data-protection"];

/// One client.
pub(crate) struct Writer {
    scene: Arc<Scene>,
    random: ChaCha8Rng,
    number: usize,
    sent: usize,
    own: Uuid,
    /// The roles of its own account, which nobody else changes.
    roles: BTreeSet<&'static str>,
}

impl Writer {
    pub(crate) fn new(scene: Arc<Scene>, seed: u64, number: usize, own: Uuid) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(1 + number as u64);
        Self { scene, random, number, sent: 0, own, roles: BTreeSet::new() }
    }

    /// Sends until the round closes, then finishes what is in doubt.
    pub(crate) async fn run(mut self) {
        while !self.scene.closing.is_cancelled() {
            self.step().await;
        }
    }

    /// Sends one command and reads what it changed. Says whether both were answered.
    pub(crate) async fn step(&mut self) -> bool {
        let ask = self.choose();
        let command = self.send(ask).await;
        let Some((Some(position), account)) = command.done() else { return false };
        let about = match command.ask {
            Ask::Provision => account,
            Ask::Grant(account, _) | Ask::Revoke(account, _) | Ask::Reactivate(account) => Some(account),
            Ask::LogIn { account, .. } => Some(account),
        };
        if self.random.random_bool(0.1) && !matches!(command.ask, Ask::LogIn { .. }) {
            // As a client does whose answer was lost after it was given.
            self.resend(&command).await;
        }
        match about {
            Some(account) if self.random.random_bool(0.6) => {
                look(&self.scene, &mut self.random, account, position).await
            }
            _ => true,
        }
    }

    fn choose(&mut self) -> Ask {
        let random = &mut self.random;
        let role = *ROLES.choose(random).unwrap_or(&"manager");
        let victims = &self.scene.world.victims;
        let victim = victims.choose(random).map_or(self.own, |victim| victim.account);
        let shared = self.scene.world.shared.choose(random).copied().unwrap_or(self.own);
        match random.random_range(0..100) {
            0..50 if self.roles.contains(role) => Ask::Revoke(self.own, role),
            0..50 => Ask::Grant(self.own, role),
            50..58 => Ask::Grant(shared, role),
            58..66 => Ask::Revoke(shared, role),
            66..80 => Ask::Provision,
            80..88 => Ask::LogIn { account: victim, right: false },
            88..93 => Ask::LogIn { account: victim, right: true },
            _ => Ask::Reactivate(victim),
        }
    }

    async fn send(&mut self, ask: Ask) -> Command {
        let (begun, trace) = (self.scene.now(), Uuid::from_u128(self.random.random()));
        let mut command = Command { trace, ask, begun, ended: begun, answers: Vec::new() };
        self.sent += 1;
        let (path, body) = self.request(&command);
        let once = matches!(command.ask, Ask::LogIn { .. });
        let scene = Arc::clone(&self.scene);
        scene.settle(&mut command, once, &mut self.random, &body, &path).await;
        match command.ask {
            Ask::Grant(account, role) if account == self.own && command.done().is_some() => {
                drop(self.roles.insert(role))
            }
            Ask::Revoke(account, role) if account == self.own && command.done().is_some() => {
                drop(self.roles.remove(role))
            }
            _ => {}
        }
        command
    }

    async fn resend(&mut self, command: &Command) {
        let (path, body) = self.request(command);
        let mut again = Command { begun: self.scene.now(), answers: Vec::new(), ..command.clone() };
        let scene = Arc::clone(&self.scene);
        scene.settle(&mut again, false, &mut self.random, &body, &path).await;
    }

    fn request(&self, command: &Command) -> (String, Value) {
        let victim = |account: &Uuid| self.scene.world.victims.iter().find(|victim| victim.account == *account);
        match &command.ask {
            Ask::Provision => {
                let family = format!("{} {}", letters(self.number), letters(self.sent));
                ("/v1/accounts".to_owned(), json!({ "given_name": "Lou", "family_name": family }))
            }
            Ask::Grant(account, role) => (format!("/v1/accounts/{account}/roles"), json!({ "role": role })),
            Ask::Revoke(account, role) => (format!("/v1/accounts/{account}/roles/{role}/revocation"), json!({})),
            Ask::Reactivate(account) => {
                (format!("/v1/accounts/{account}/reactivation"), json!({ "motive": "demande du service" }))
            }
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
