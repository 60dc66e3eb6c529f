namespace Kappa.Lab.Tasks.Models;

/// <summary>What a data set holds, which decides the models that take it.</summary>
public enum DataContent
{
    /// <summary>Text, for language models.</summary>
    Text,

    /// <summary>Pictures, which may also come as vectors.</summary>
    Pictures,

    /// <summary>Rows of numbers.</summary>
    Rows,
}
