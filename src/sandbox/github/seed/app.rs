//! A GitHub App in the hands of whoever registered it.

use super::super::{
    GitHub,
    people::{App as Registered, Caller, Installation, Right},
};

/// A registered GitHub App. Copies are the same App.
#[derive(Debug, Clone)]
pub struct App {
    github: GitHub,
    id: u64,
}

impl GitHub {
    /// Registers an App, whose signatures this RSA public key (PKCS #1, DER) verifies.
    /// <https://docs.github.com/en/apps/creating-github-apps/registering-a-github-app/registering-a-github-app>
    pub fn app(&self, id: u64, slug: &str, public_key: &[u8]) -> App {
        let mut state = self.lock();
        let bot = state.user(&format!("{slug}[bot]"));
        let app = Registered {
            id,
            slug: slug.to_owned(),
            bot,
            public_key: public_key.to_owned(),
            created_at: state.now(),
        };
        state.apps.insert(id, app);
        App {
            github: self.clone(),
            id,
        }
    }
}

impl App {
    /// Installs it on repositories of an account, and gives the installation's number. A repository
    /// for which it has [`Right::Read`] it may read, with the rights above write issues too.
    pub fn install(&self, account: &str, repositories: &[(&str, Right)]) -> u64 {
        let mut state = self.github.lock();
        let (account, id) = (state.user(account), state.new_id());
        let repositories = repositories
            .iter()
            .map(|(name, right)| (state.repository(name), *right))
            .collect();
        let installation = Installation {
            app: self.id,
            account,
            repositories,
            reads_members: false,
            is_suspended: false,
        };
        state.installations.insert(id, installation);
        id
    }

    /// Lets an installation see who is in the account's teams.
    pub fn let_see_members(&self, installation: u64) {
        if let Some(found) = self.github.lock().installations.get_mut(&installation) {
            found.reads_members = true;
        }
    }

    /// Suspends an installation or takes that back. Its tokens are refused meanwhile.
    /// <https://docs.github.com/en/apps/maintaining-github-apps/suspending-a-github-app-installation>
    pub fn suspend(&self, installation: u64, is_suspended: bool) {
        if let Some(found) = self.github.lock().installations.get_mut(&installation) {
            found.is_suspended = is_suspended;
        }
    }

    /// Takes an installation away, and its tokens with it.
    pub fn uninstall(&self, installation: u64) {
        let mut state = self.github.lock();
        state.installations.remove(&installation);
        state
            .tokens
            .retain(|_, token| token.caller != Caller::Installation(installation));
    }

    /// Sets how many requests an installation may make an hour.
    pub fn set_budget(&self, installation: u64, requests: usize) {
        let caller = Caller::Installation(installation);
        self.github.lock().limits.set(caller, requests);
    }
}
