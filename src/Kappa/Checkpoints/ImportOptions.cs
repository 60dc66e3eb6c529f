namespace Kappa.Checkpoints;

/// <summary>How <see cref="SafeTensorsImport"/> finds the tensors of a model in a file.</summary>
public sealed record ImportOptions
{
    /// <summary>What parts of names in the file are called in the model: <c>fc1=0</c>, <c>layers.*.attn=blocks.*.attention</c>. Whole parts between dots,
    /// from the beginning of a name; <c>*</c> is any one part. <c>model=</c> takes a first part away, <c>=encoder</c> puts one in front. Of each name the
    /// first rule that applies is used, and no other.</summary>
    public IReadOnlyList<string> Rename { get; init; } = [];

    /// <summary>Names in the file whose tensors are left out, by how they begin, such as <c>head</c> or <c>h.*.attn.bias</c>.</summary>
    public IReadOnlyList<string> LeaveOut { get; init; } = [];

    /// <summary>Names in the model whose tensors the file need not have, by how they begin, such as <c>head</c>: they keep their values.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Names in the file of matrices that are turned, by how they begin: those of frameworks that store <c>[in, out]</c>.</summary>
    public IReadOnlyList<string> Transpose { get; init; } = [];

    /// <summary>How the tensors find each other.</summary>
    public ImportMatch Match { get; init; }

    /// <summary>Whether the tensor of a name is left out.</summary>
    /// <param name="name">Its name in the file.</param>
    public bool LeavesOut(string name) => IsAmong(LeaveOut, nameof(LeaveOut), name);

    /// <summary>Whether the tensor of a name is turned.</summary>
    /// <param name="name">Its name in the file.</param>
    public bool Turns(string name) => IsAmong(Transpose, nameof(Transpose), name);

    private static bool IsAmong(IReadOnlyList<string> patterns, string option, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return NamePattern.Parse(patterns, option).Any(pattern => pattern.Matches(name));
    }

    internal void Validate()
    {
        OptionRanges.Check(this);
        if (Match == ImportMatch.ShapeAndOrder && Rename.Count > 0)
            throw new ArgumentException("ImportOptions.Rename: names decide nothing where tensors are matched by shape and order; leave one of the two out");
    }
}
