using MassTransit;

namespace Clones.Messaging.Bus;

/// <summary>Exchanges are named for their message alone (<c>submission-graded</c>), so that other languages can guess them.</summary>
public sealed class ExchangeNames : IEntityNameFormatter
{
    public string FormatEntityName<T>() => Of(typeof(T));

    public static string Of(Type message)
    {
        if (!message.IsGenericType)
        {
            return KebabCaseEndpointNameFormatter.Instance.SanitizeName(message.Name);
        }

        // Fault<T> and its like.
        var name = message.Name[..message.Name.IndexOf('`', StringComparison.Ordinal)];
        return string.Join('-', [KebabCaseEndpointNameFormatter.Instance.SanitizeName(name), .. message.GetGenericArguments().Select(Of)]);
    }
}
