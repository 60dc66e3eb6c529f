namespace Kappa.Lab.Experiments.Isometry;

/// <summary>What changes from task to task.</summary>
internal enum TaskKind
{
    /// <summary>Each picture gets a label drawn at random: memorisation (Zhang and others, 2016, arXiv 1611.03530; as a sequence: Lyle and others, 2023, arXiv
    /// 2303.01486).</summary>
    RandomLabels,

    /// <summary>The pixels come in another order (Goodfellow and others, 2013, arXiv 1312.6211).</summary>
    PermutedInputs,

    /// <summary>Each class gets another class's label.</summary>
    LabelShuffles,

    /// <summary>Two more classes arrive; after all ten, a round of other pixels and another order of classes begins. After Dohare and others (2024), Nature
    /// 632, who add five classes of a hundred at a time; with ten classes the sequence goes on by rounds.</summary>
    ClassIncremental,
}
