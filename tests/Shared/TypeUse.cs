namespace Kappa.Tests.Shared;

/// <summary>A member that uses a type of the same assembly. Nested types, closures and state machines count as the type around them.</summary>
internal sealed record TypeUse(string SourceNamespace, string Source, string Member, string TargetNamespace, string Target);
