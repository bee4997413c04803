namespace Clones.Domain.Pools;

/// <summary>What a training pool can do with what its wallet has to spare. Pure.</summary>
public static class PoolStatusRule
{
    /// <param name="current">PAUSED is the owner's word and stays.</param>
    /// <param name="price">Reward of score 100, in base units of the pool's token.</param>
    /// <param name="paysInSol">Then the tokens are the lamports.</param>
    /// <param name="tokens">Available base units of the pool's token; ignored for SOL.</param>
    /// <param name="lamports">Available lamports.</param>
    /// <param name="gasLamports">Ceiling of the fee of one payment, with the rent of a recipient's new token account.</param>
    public static TrainingPoolStatus Decide(
        TrainingPoolStatus current,
        ulong price,
        bool paysInSol,
        ulong tokens,
        ulong lamports,
        ulong gasLamports
    )
    {
        if (current == TrainingPoolStatus.Paused)
        {
            return TrainingPoolStatus.Paused;
        }
        if (paysInSol)
        {
            return lamports >= (UInt128)price + gasLamports ? TrainingPoolStatus.Live : TrainingPoolStatus.NoFunds;
        }
        if (tokens < Math.Max(price, 1))
        {
            return TrainingPoolStatus.NoFunds;
        }
        return lamports >= gasLamports ? TrainingPoolStatus.Live : TrainingPoolStatus.NoGas;
    }
}
