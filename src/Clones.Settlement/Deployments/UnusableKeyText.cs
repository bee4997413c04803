namespace Clones.Settlement.Deployments;

/// <summary>What owners are told while a key does not open. What is wrong with it is for operators.</summary>
internal static class UnusableKeyText
{
    public const string ForOwners = "A key that has to sign cannot be opened. Operators are informed; it is tried again by itself.";
}
