namespace Kappa.Training.Metrics;

/// <summary>How figures of single classes become one.</summary>
public enum Averaging
{
    /// <summary>That of class 1, of two.</summary>
    Binary,

    /// <summary>The mean over the classes that are a label or an answer of any example.</summary>
    Macro,

    /// <summary>As macro, weighed by how many examples have the class.</summary>
    Weighted,

    /// <summary>Of the counts of all classes together; where each example has one class, precision, recall and F1 are then all the accuracy.</summary>
    Micro,
}
