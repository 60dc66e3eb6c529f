namespace Kappa.Tests.Shared;

/// <summary>Folders of one height: each may use what lies in lower layers.</summary>
internal sealed class Layer
{
    private Layer(bool isOne, string[] folders) => (IsOne, Folders) = (isOne, folders);

    /// <summary>Namespaces below the root, with what is in them; "" is the root alone.</summary>
    internal IReadOnlyList<string> Folders { get; }

    /// <summary>Whether the folders may use each other.</summary>
    internal bool IsOne { get; }

    /// <summary>Folders that do not use each other.</summary>
    internal static Layer Apart(params string[] folders) => new(false, folders);

    /// <summary>Folders that may use each other.</summary>
    internal static Layer Together(params string[] folders) => new(true, folders);
}
