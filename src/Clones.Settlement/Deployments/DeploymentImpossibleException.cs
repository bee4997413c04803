namespace Clones.Settlement.Deployments;

/// <summary>
/// The deployment cannot be prepared as the owner wants it, and trying again unchanged would end alike. The message is for the owner: it
/// becomes the agent's last error. Troubles that pass (a node that does not answer) are other exceptions, and are retried.
/// </summary>
internal sealed class DeploymentImpossibleException(string message) : Exception(message);
