using System.Reflection;

namespace Kappa.Tests.Settings;

/// <summary>Finds what a public API takes as floating-point numbers.</summary>
internal static class FloatingPointMembers
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary><c>Type.Property</c> for what can be set, <c>Type.Member.parameter</c> for what can be passed.</summary>
    /// <param name="assembly">Whose exported types.</param>
    /// <param name="results">Types that hold results: what they are made of is not looked at, their methods are.</param>
    internal static IEnumerable<string> Of(Assembly assembly, IReadOnlySet<Type> results)
    {
        foreach (var type in assembly.GetExportedTypes())
        {
            string name = type.Name.Split('`')[0];
            if (!results.Contains(type))
            {
                foreach (var property in type.GetProperties(Own).Where(property => IsVisible(property.SetMethod) && IsNumber(property.PropertyType)))
                    yield return $"{name}.{property.Name}";
                foreach (var constructor in type.GetConstructors(Own).Where(IsVisible))
                {
                    foreach (string parameter in Numbers(constructor))
                        yield return $"{name}.{name}.{parameter}";
                }
            }

            foreach (var method in type.GetMethods(Own)
                .Where(method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
                && method.Name != "Deconstruct"))
            {
                foreach (string parameter in Numbers(method))
                    yield return $"{name}.{method.Name}.{parameter}";
            }
        }
    }

    private static bool IsVisible(MethodBase? member) => member is { IsPublic: true } or { IsFamily: true } or { IsFamilyOrAssembly: true };

    private static IEnumerable<string> Numbers(MethodBase member) =>
        member.GetParameters().Where(parameter => IsNumber(parameter.ParameterType)).Select(parameter => parameter.Name!);

    /// <summary>A number, or a list of them; not what a caller fills.</summary>
    private static bool IsNumber(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(double?) || type == typeof(float?)
        || (type.IsArray && IsNumber(type.GetElementType()!))
        || (type.IsGenericType && type.Name.Split('`')[0] is "IReadOnlyList" or "ReadOnlySpan" or "IEnumerable" && IsNumber(type.GetGenericArguments()[0]));
}
