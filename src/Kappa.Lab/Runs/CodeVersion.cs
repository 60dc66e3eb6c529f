using System.Reflection;

namespace Kappa.Lab.Runs;

/// <summary>Which Kappa this is.</summary>
public static class CodeVersion
{
    /// <summary>The version, such as <c>0.2.0</c>.</summary>
    public static string Short => Current.Split('+')[0];

    /// <summary>The version and the commit that it was built from, such as <c>0.2.0+4f2a91c...</c>.</summary>
    public static string Current { get; } =
        typeof(CodeVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";
}
