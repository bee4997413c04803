using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Clones.Hosting;

/// <summary>
/// Settings of the environment, read and checked in one way before a host takes up its work: <c>Section__Name</c> of a section, or one variable
/// for each property that has a <see cref="VariableAttribute"/>. What is wrong is said of the name that was set, and repeats no value.
/// </summary>
public static class HostOptions
{
    /// <summary>Registers the options themselves, too, for whoever needs no more than their value.</summary>
    /// <typeparam name="T">Its properties are the names; their <see cref="ValidationAttribute"/>s are the rules.</typeparam>
    /// <param name="services">Gets the options.</param>
    /// <param name="configuration">Read when a host starts or somebody asks for the options, not now.</param>
    /// <param name="section">Null where each property names its variable.</param>
    public static IServiceCollection AddSettings<T>(this IServiceCollection services, IConfiguration configuration, string? section = null)
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

    /// <summary>For commands, which start no host, and for what decides which services there are.</summary>
    /// <typeparam name="T">Each property names its variable.</typeparam>
    /// <exception cref="OptionsValidationException">A setting is missing or wrong; the message says what to set.</exception>
    public static T ReadSettings<T>(this IConfiguration configuration)
        where T : class
    {
        using var services = new ServiceCollection().AddSettings<T>(configuration).BuildServiceProvider();
        return services.GetRequiredService<T>();
    }

    private static void Bind<T>(IConfiguration configuration, string? section, T options)
        where T : class
    {
        if (section is null)
        {
            BindVariables(configuration, options);
            return;
        }
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

    private static void BindVariables<T>(IConfiguration configuration, T options)
        where T : class
    {
        var wrong = new List<string>();
        foreach (var property in typeof(T).GetProperties())
        {
            // An empty value is none.
            if (
                property.GetCustomAttribute<VariableAttribute>() is not { } variable
                || configuration[variable.Key] is not { Length: > 0 } text
            )
            {
                continue;
            }
            var converter = TypeDescriptor.GetConverter(property.PropertyType);
            if (converter.IsValid(text))
            {
                property.SetValue(options, converter.ConvertFromInvariantString(text));
            }
            else
            {
                var rule = property.GetCustomAttribute<ValidationAttribute>();
                wrong.Add($"{variable.Name}: {rule?.FormatErrorMessage(variable.Name) ?? "must be true or false."}");
            }
        }
        if (wrong.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(T), wrong);
        }
    }

    private sealed class Rules<T>(string? section) : IValidateOptions<T>
        where T : class
    {
        public ValidateOptionsResult Validate(string? name, T options)
        {
            var wrong = new List<ValidationResult>();
            return Validator.TryValidateObject(options, new ValidationContext(options), wrong, validateAllProperties: true)
                ? ValidateOptionsResult.Success
                : ValidateOptionsResult.Fail(wrong.Select(w => $"{NameOf(w.MemberNames.First())}: {w.ErrorMessage}"));
        }

        private string NameOf(string property) =>
            section is null ? typeof(T).GetProperty(property)!.GetCustomAttribute<VariableAttribute>()!.Name : $"{section}__{property}";
    }
}
