using System.Reflection;

namespace Kappa.Tests.Shared;

/// <summary>
/// What the folders of a compiled assembly use of each other, held against a list of layers. Constants leave no trace in an assembly, and neither do usings and
/// documentation.
/// </summary>
internal sealed class AssemblyArrows
{
    private readonly string _root;
    private readonly IReadOnlyList<Layer> _layers;
    private readonly IReadOnlyList<TypeUse> _uses;

    /// <summary>Reads an assembly.</summary>
    /// <param name="assembly">The assembly, which has a file.</param>
    /// <param name="root">The namespace whose folders are meant, such as "Kappa" or "Kappa.Networks"; what leaves it is left alone.</param>
    /// <param name="layers">The layers, lowest first.</param>
    internal AssemblyArrows(Assembly assembly, string root, params IReadOnlyList<Layer> layers)
    {
        (_root, _layers) = (root, layers);
        _uses = [.. TypeUses.Of(assembly).Where(use => IsInside(use.SourceNamespace) && IsInside(use.TargetNamespace))];
    }

    /// <summary>One use for each pair of folders of the layers that has any.</summary>
    internal IReadOnlyList<Arrow> All() => [.. Arrows().DistinctBy(arrow => (arrow.From, arrow.To))];

    /// <summary>A line for each arrow that does not point down, with an example, and for each namespace that no layer has. So there is no cycle
    /// either.</summary>
    internal IReadOnlyList<string> Faults()
    {
        var unknown = _uses.SelectMany(use => new[] { use.SourceNamespace, use.TargetNamespace }).Distinct().Where(name => FolderOf(name) is null);
        return
        [
            .. unknown.Order(StringComparer.Ordinal).Select(name => $"{name} is in no layer"),
            .. All().Where(arrow => !PointsDown(arrow)).Select(arrow => arrow.ToString()).Order(StringComparer.Ordinal),
        ];
    }

    private IEnumerable<Arrow> Arrows() =>
        from use in _uses
        let arrow = (From: FolderOf(use.SourceNamespace), To: FolderOf(use.TargetNamespace))
        where arrow.From is not null && arrow.To is not null && arrow.From != arrow.To
        select new Arrow(arrow.From, arrow.To, Short(use.SourceNamespace, use.Source), use.Member, Short(use.TargetNamespace, use.Target));

    private bool PointsDown(Arrow arrow)
    {
        var (from, to) = (LayerOf(arrow.From), LayerOf(arrow.To));
        return to < from || (to == from && _layers[from].IsOne);
    }

    private int LayerOf(string folder) => _layers.Index().First(entry => entry.Item.Folders.Contains(folder)).Index;

    /// <summary>The folder with the longest name that a namespace is in.</summary>
    private string? FolderOf(string name) => _layers.SelectMany(layer => layer.Folders)
        .Where(folder => name == Full(folder) || (folder.Length > 0 && name.StartsWith(Full(folder) + ".", StringComparison.Ordinal)))
        .MaxBy(folder => folder.Length);

    private string Full(string folder) => folder.Length == 0 ? _root : $"{_root}.{folder}";

    private bool IsInside(string name) => name == _root || name.StartsWith(_root + ".", StringComparison.Ordinal);

    private string Short(string space, string type) => space == _root ? type : $"{space[(_root.Length + 1)..]}.{type}";
}
