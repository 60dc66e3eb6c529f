namespace Kappa.Fuzz.Targets;

/// <summary>Every reader of strangers' bytes.</summary>
internal static class TargetTable
{
    /// <summary>The targets.</summary>
    internal static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. CheckpointTargets.All, .. TableTargets.All, .. PictureTargets.All, .. TextTargets.All, .. OnnxTargets.All, .. ConfigTargets.All, .. RunTargets.All,
        .. TorchTargets.All,
    ];

    /// <summary>Their names.</summary>
    internal static string Names => string.Join(", ", All.Select(target => target.Name));

    /// <summary>The target of a name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal static FuzzTarget Named(string name) =>
        All.FirstOrDefault(target => target.Name == name) ?? throw new ArgumentException($"expected a target, one of {Names}; got {name}");
}
