namespace Clones.Workers.Commands.Tokens;

/// <summary>What was asked for cannot be: the message names the option and the reason. Nothing was changed.</summary>
internal sealed class OptionRejectedException(string option, string reason) : Exception($"{option} {reason}.");

/// <summary>Cluster or faucet did not do its part; the same command may be run again.</summary>
internal sealed class ClusterFailureException(string message) : Exception(message);
