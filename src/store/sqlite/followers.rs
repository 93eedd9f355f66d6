//! Who follows which KEPs.

use sqlx::SqlitePool;

use crate::{
    domain::{KepNumber, bridge::ChannelAt, following::Follower},
    store::sql,
};

pub(super) async fn follow(
    pool: &SqlitePool,
    follower: &Follower,
    kep: KepNumber,
    follows: bool,
) -> sqlx::Result<()> {
    let at = follower.at();
    let statement = if follows { sql::FOLLOW } else { sql::UNFOLLOW };
    let query = sqlx::query(statement)
        .bind(&*at.workspace)
        .bind(&*at.id)
        .bind(i64::from(kep.get()));
    let query = match follower {
        _ if !follows => query,
        Follower::Member(_) => query.bind(0),
        Follower::Channel(_) => query.bind(1),
    };
    query.execute(pool).await?;
    Ok(())
}

pub(super) async fn followers(pool: &SqlitePool) -> sqlx::Result<Vec<(Follower, KepNumber)>> {
    let rows: Vec<(String, String, i64, i64)> =
        sqlx::query_as(sql::FOLLOWERS).fetch_all(pool).await?;
    rows.into_iter()
        .map(|(workspace, who, is_channel, kep)| {
            let number = u32::try_from(kep).ok().and_then(KepNumber::new);
            let number = number
                .ok_or_else(|| sqlx::Error::Decode(format!("{kep} is no KEP's number").into()))?;
            let at = ChannelAt::new(&workspace, &who);
            let follower = match is_channel {
                0 => Follower::Member(at),
                _ => Follower::Channel(at),
            };
            Ok((follower, number))
        })
        .collect()
}
