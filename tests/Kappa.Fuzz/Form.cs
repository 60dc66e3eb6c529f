namespace Kappa.Fuzz;

/// <summary>What an input is made of, which says how it is changed.</summary>
internal enum Form
{
    /// <summary>Bytes of which nothing is known.</summary>
    Bytes,

    /// <summary>Text: its numbers, words and brackets are changed as a whole, too.</summary>
    Text,

    /// <summary>Fields within fields of a protocol buffer: their lengths are put right again.</summary>
    Wire,
}
