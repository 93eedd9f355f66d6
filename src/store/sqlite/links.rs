//! Who proved who they are on GitHub.

use sqlx::{SqliteConnection, SqlitePool};

use super::{begin_write, preferences};
use crate::{
    domain::{Login, bridge::ChannelAt, link::Link, notice::Recipient},
    store::{row, sql},
};

pub(super) async fn link(pool: &SqlitePool, link: &Link) -> sqlx::Result<()> {
    let github_id = link.github_id.cast_signed();
    let login = link.login.as_str();
    let mut tx = begin_write(pool).await?;
    give_login(&mut tx, login, github_id).await?;
    forget_wishes(&mut tx, &link.workspace, &link.user).await?;
    sqlx::query(sql::FORGET_OTHER_MEMBERS)
        .bind(&*link.workspace)
        .bind(&*link.user)
        .bind(github_id)
        .execute(&mut *tx)
        .await?;
    sqlx::query(sql::PUT_LINK)
        .bind(&*link.workspace)
        .bind(&*link.user)
        .bind(login)
        .bind(github_id)
        .bind(link.at.timestamp_millis())
        .execute(&mut *tx)
        .await?;
    let member = ChannelAt::new(&link.workspace, &link.user);
    let names = [
        Recipient::Login(link.login.clone()),
        Recipient::Member(member),
    ];
    preferences::join(&mut tx, &names).await?;
    tx.commit().await
}

/// Whoever gives up the last link of an account may give up its login, too.
async fn forget_wishes(tx: &mut SqliteConnection, workspace: &str, user: &str) -> sqlx::Result<()> {
    sqlx::query(sql::FORGET_WISHES_OF_THE_LAST)
        .bind(workspace)
        .bind(user)
        .execute(tx)
        .await?;
    Ok(())
}

/// An account has this login, and no other account has it any more.
async fn give_login(tx: &mut SqliteConnection, login: &str, github_id: i64) -> sqlx::Result<()> {
    for statement in [
        sql::FORGET_FORMER_WISHES,
        sql::FORGET_FORMER_OWNERS,
        sql::RENAME_LINKS,
    ] {
        sqlx::query(statement)
            .bind(login)
            .bind(github_id)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn unlink(pool: &SqlitePool, workspace: &str, user: &str) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    forget_wishes(&mut tx, workspace, user).await?;
    sqlx::query(sql::UNLINK)
        .bind(workspace)
        .bind(user)
        .execute(&mut *tx)
        .await?;
    tx.commit().await
}

/// What all had before is taken from them first: two may have taken each other's.
pub(super) async fn set_logins(
    pool: &SqlitePool,
    now: &[(u64, Option<Login>)],
) -> sqlx::Result<()> {
    let mut tx = begin_write(pool).await?;
    for (github_id, login) in now {
        sqlx::query(sql::FORGET_FORMER_WISHES)
            .bind(login.as_ref().map_or("", Login::as_str))
            .bind(github_id.cast_signed())
            .execute(&mut *tx)
            .await?;
    }
    for (github_id, login) in now {
        let query = match login {
            Some(login) => sqlx::query(sql::RENAME_LINKS).bind(login.as_str()),
            None => sqlx::query(sql::FORGET_ACCOUNT),
        };
        query
            .bind(github_id.cast_signed())
            .execute(&mut *tx)
            .await?;
    }
    for (github_id, login) in now {
        if let Some(login) = login {
            sqlx::query(sql::FORGET_FORMER_OWNERS)
                .bind(login.as_str())
                .bind(github_id.cast_signed())
                .execute(&mut *tx)
                .await?;
        }
    }
    tx.commit().await
}

pub(super) async fn links(pool: &SqlitePool) -> sqlx::Result<Vec<Link>> {
    let rows: Vec<(String, String, String, i64, i64)> =
        sqlx::query_as(sql::LINKS).fetch_all(pool).await?;
    rows.into_iter()
        .map(|(workspace, user, login, github_id, at)| {
            let login = Login::parse(&login)
                .ok_or_else(|| sqlx::Error::Decode(format!("{login:?} is no login").into()))?;
            Ok(Link {
                workspace: workspace.into(),
                user: user.into(),
                login,
                github_id: github_id.cast_unsigned(),
                at: row::read_millis(at)?,
            })
        })
        .collect()
}
