namespace Clones.Settlement.Operators;

/// <summary>What <c>./clones reconcile</c> and <c>./clones fence</c> end with.</summary>
public static class ReconcileExitCode
{
    public const int NoDifference = 0;
    public const int Differences = 1;
    public const int WrongUsage = 2;

    /// <summary>Somebody did not answer: nothing was concluded.</summary>
    public const int Unresolved = 3;
}
