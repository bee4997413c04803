namespace Clones.Domain.Transactions;

/// <summary>Stored and shown as PAYMENT, TOKEN_CREATION, POOL_CREATION.</summary>
public enum TransactionKind
{
    /// <summary>One or several payments of one deposit wallet.</summary>
    Payment,
    TokenCreation,
    PoolCreation,
}
