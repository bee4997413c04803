using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Clones.Hosting;

/// <summary>Settings that have a section: <c>Section__Name</c> in the environment, read and checked in one way, before a host takes up its work.</summary>
public static class HostOptions
{
    /// <summary>Registers the options themselves, too, for whoever needs no more than their value.</summary>
    /// <typeparam name="T">Its properties are the names; their <see cref="ValidationAttribute"/>s are the rules.</typeparam>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, IConfiguration configuration, string section)
        where T : class
    {
        if (services.Any(s => s.ServiceType == typeof(T)))
        {
            // Two parts of a host may need the same settings, and who starts parts alone may have given them.
            return services;
        }
        services.AddOptions<T>().Configure(options => Bind(configuration, section, options)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<T>>(new Rules<T>(section));
        return services.AddSingleton(provider => provider.GetRequiredService<IOptions<T>>().Value);
    }

    private static void Bind<T>(IConfiguration configuration, string section, T options)
    {
        try
        {
            // A name that is not there was meant to be another.
            configuration.GetSection(section).Bind(options, binder => binder.ErrorOnUnknownConfiguration = true);
        }
        catch (InvalidOperationException e)
        {
            throw new ConfigurationMissingException($"A setting of {section}__.. cannot be used: {e.Message}");
        }
    }

    private sealed class Rules<T>(string section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var wrong = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(wrong.Select(w => $"{section}__{w.MemberNames.First()}: {w.ErrorMessage}"));
        }
    }
}
