namespace Kappa.Lab.Experiments.Isometry;

/// <summary>What changes from task to task.</summary>
internal enum TaskKind
{
    /// <summary>Each picture gets a label drawn at random: memorisation.</summary>
    RandomLabels,

    /// <summary>The pixels come in another order.</summary>
    PermutedInputs,

    /// <summary>Each class gets another class's label.</summary>
    LabelShuffles,

    /// <summary>Two more classes arrive; after all ten, a round of other pixels and another order of classes begins.</summary>
    ClassIncremental,
}
