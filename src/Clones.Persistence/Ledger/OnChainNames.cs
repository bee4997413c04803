namespace Clones.Persistence.Ledger;

/// <summary>On-chain transaction records by the names in their memo: the transaction's own, and the tags of the payments that share it.</summary>
public static class OnChainNames
{
    /// <summary>
    /// A FROM clause: <c>n.name</c> each name, and <c>l</c> the columns of a record that bears it. One by one, by their indexes: PostgreSQL takes
    /// each tag of an array to be in 0.5 % of all rows, and would rather read the whole table than look for forty of them. <c>OFFSET 0</c> keeps
    /// whatever else is asked of a record out of the search, for a wallet has a long history.
    /// </summary>
    /// <param name="names">A parameter of the statement.</param>
    /// <param name="columns">Of <c>on_chain_transactions</c>.</param>
    public static string From(string names, string columns) =>
        $"""
            unnest({names}::uuid[]) AS n(name) CROSS JOIN LATERAL (
                SELECT {columns} FROM on_chain_transactions WHERE transaction_id = n.name
                UNION ALL
                SELECT {columns} FROM on_chain_transactions WHERE payment_tags @> ARRAY[n.name]
                OFFSET 0) AS l
            """;
}
