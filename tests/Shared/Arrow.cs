namespace Kappa.Tests.Shared;

/// <summary>A member that uses a type: what an arrow between two folders is made of.</summary>
/// <param name="From">The folder of the member.</param>
/// <param name="To">The folder of what it uses.</param>
/// <param name="Source">The type of the member, without the root namespace.</param>
/// <param name="Member">The member; the type itself where its base, interfaces or attributes are meant.</param>
/// <param name="Target">The type that is used, without the root namespace.</param>
internal sealed record Arrow(string From, string To, string Source, string Member, string Target)
{
    public override string ToString() => $"{Shown(From)} -> {Shown(To)}, since {Source} ({Member}) uses {Target}";

    private static string Shown(string folder) => folder.Length == 0 ? "(root)" : folder;
}
