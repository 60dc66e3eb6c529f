using System.Security.Cryptography;

namespace Kappa.Lab.Tasks.CartPole;

/// <summary>The model file that comes with the lab, as MuJoCo compiles it; every rollout is simulated with it.</summary>
internal static class CartPolePhysics
{
    internal const string FileName = "cartpole.xml";

    private static readonly string Xml = ReadXml();
    private static readonly Lazy<MujocoModel> Compiled = new(() => MujocoModel.FromXml(Xml));

    /// <summary>The compiled model; threads may share it.</summary>
    /// <exception cref="MujocoException">libmujoco 2.2.2 is unavailable; the message names the package to install.</exception>
    internal static MujocoModel Model
    {
        get
        {
            MujocoLibrary.Require();
            return Compiled.Value;
        }
    }

    /// <summary>The SHA-256 of the model file.</summary>
    internal static string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Xml)));

    private static string ReadXml()
    {
        using var stream = typeof(CartPolePhysics).Assembly.GetManifestResourceStream($"Kappa.Lab.Tasks.CartPole.{FileName}")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
