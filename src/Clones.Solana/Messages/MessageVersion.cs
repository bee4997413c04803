namespace Clones.Solana.Messages;

public enum MessageVersion
{
    Legacy,
    V0,
}
