namespace Kappa.Lab.Tasks.Arithmetic;

/// <summary>What is to be done with two numbers.</summary>
internal enum Operation
{
    /// <summary>Their sum.</summary>
    Addition,

    /// <summary>Their product.</summary>
    Multiplication,
}
