namespace Kappa.LinearAlgebra.Arithmetic;

/// <summary>Whether there are eigenvalues beyond a bound.</summary>
internal enum UnseenVerdict
{
    /// <summary>More steps will tell.</summary>
    Open,

    /// <summary>There are none, but for a small risk.</summary>
    Excluded,

    /// <summary>There is one.</summary>
    Found,
}
