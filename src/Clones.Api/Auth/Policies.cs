using Microsoft.AspNetCore.Authorization;

namespace Clones.Api.Auth;

/// <summary>Who may call an endpoint at all; whose things they are is decided behind it, by the row.</summary>
internal static class Policies
{
    public const string Owner = "owner";
    public const string PayFrom = "pay-from";
    public const string ReadPayments = "read-payments";
    public const string OwnerOrOps = "owner-or-ops";
    public const string WriteTokens = "write-tokens";
    public const string PublishEvents = "publish-events";
    public const string Operate = "operate";

    public static void Add(AuthorizationOptions options)
    {
        Allow(options, Owner, "an owner who signed in with a wallet");
        Allow(options, OwnerOrOps, "an owner who signed in with a wallet, or a key with scope ops", Scopes.Ops);
        Allow(options, PayFrom, "the pool's owner, or a key with scope payments:write", Scopes.PaymentsWrite);
        Allow(
            options,
            ReadPayments,
            "the pool's owner, or a key with scope payments:read, payments:write or ops",
            Scopes.PaymentsRead,
            Scopes.PaymentsWrite,
            Scopes.Ops
        );
        AllowKeys(options, WriteTokens, Scopes.TokensWrite);
        AllowKeys(options, PublishEvents, Scopes.EventsPublish);
        AllowKeys(options, Operate, Scopes.Ops);
        // An endpoint without a policy of its own is closed to strangers.
        options.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build();
    }

    private static void Allow(AuthorizationOptions options, string name, string who, params string[] scopes) =>
        Require(options, name, new Requirement(who, true, scopes));

    private static void AllowKeys(AuthorizationOptions options, string name, string scope) =>
        Require(options, name, new Requirement($"a key with scope {scope}", false, scope));

    private static void Require(AuthorizationOptions options, string name, Requirement requirement) =>
        options.AddPolicy(name, policy => policy.RequireAuthenticatedUser().AddRequirements(requirement));

    /// <param name="Who">Completes the sentence "This is for ..".</param>
    /// <param name="Wallets">Whether any signed-in wallet passes.</param>
    /// <param name="Scopes">Any one of them lets an API key pass.</param>
    internal sealed record Requirement(string Who, bool Wallets, params string[] Scopes) : IAuthorizationRequirement;

    internal sealed class Handler : AuthorizationHandler<Requirement>
    {
        protected override Task HandleRequirementAsync(AuthorizationHandlerContext context, Requirement requirement)
        {
            var caller = Caller.From(context.User);
            if (caller is not null && ((requirement.Wallets && caller.Wallet is not null) || requirement.Scopes.Any(caller.Has)))
            {
                context.Succeed(requirement);
            }
            else
            {
                context.Fail(new AuthorizationFailureReason(this, $"This is for {requirement.Who}."));
            }

            return Task.CompletedTask;
        }
    }
}
