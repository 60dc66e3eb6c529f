using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;

namespace Kappa;

/// <summary>Checks settings against what they declare: for the <c>Validate()</c> of options, of one's own packages too.</summary>
public static class OptionRanges
{
    /// <summary>Checks every property with a <see cref="RangeAttribute"/>, and that those of enumerations have one of their values.</summary>
    /// <typeparam name="T">The record's type, whose public properties trimming keeps.</typeparam>
    /// <param name="options">The record.</param>
    /// <exception cref="ArgumentOutOfRangeException">One is out of its range; the message names it, what it takes and what it got.</exception>
    public static void Check<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(T options)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(options);
        var type = typeof(T);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            string name = $"{type.Name}.{property.Name}";
            var kind = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (property.GetCustomAttribute<RangeAttribute>() is { } range)
            {
                object? value = property.GetValue(options);
                if (value is not null && !range.Contains(Convert.ToDouble(value, CultureInfo.InvariantCulture)))
                    throw OutOfRange(name, value, range.Describe(kind != typeof(double) && kind != typeof(float)));
            }
            else if (kind.IsEnum && property.GetValue(options) is { } value && !Enum.IsDefined(kind, value))
            {
                throw OutOfRange(name, value, $"one of {string.Join(", ", Enum.GetNames(kind))}");
            }
        }
    }

    private static ArgumentOutOfRangeException OutOfRange(string name, object value, string takes) => new(name, value, $"{name} takes {takes}; got {value}");
}
