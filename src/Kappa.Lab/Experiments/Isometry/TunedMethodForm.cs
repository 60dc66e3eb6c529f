namespace Kappa.Lab.Experiments.Isometry;

/// <summary>A method whose strength is chosen beside the learning rate.</summary>
internal sealed class TunedMethodForm() : MethodForm("adamo")
{
    internal const string Meaning =
        "a remedy such as adamo, redo or crelu; any optimizer, such as \"muon\" or \"dopr-adamw + redo\"; or an object with its settings";

    private protected override ContinualMethod Find(string text, string path, Choices choices) => Named(text, path, choices);
}
