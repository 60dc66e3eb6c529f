namespace Kappa.Lab.Tasks.Humanoid;

/// <summary>Finds the humanoid model that ships with MuJoCo's samples.</summary>
public static class HumanoidModelFile
{
    /// <summary>Environment variable that names the model file when it is not where Debian puts it.</summary>
    public const string EnvironmentVariable = "KAPPA_HUMANOID_XML";

    /// <summary>Where Debian's package libmujoco-samples installs the model.</summary>
    public const string DebianPath = "/usr/share/mujoco/model/humanoid/humanoid.xml";

    /// <summary>The model file to use: a given path, else the one the environment names, else Debian's.</summary>
    /// <param name="path">An explicit path, or null to search.</param>
    /// <returns>The path of an existing file.</returns>
    /// <exception cref="FileNotFoundException">No model was found; the message says where it was looked for and how to get it.</exception>
    public static string Locate(string? path = null) =>
        Locate(path, Environment.GetEnvironmentVariable(EnvironmentVariable), DebianPath);

    internal static string Locate(string? path, string? environment, string packaged)
    {
        // What the user named is never silently replaced by another file.
        string chosen = path ?? (string.IsNullOrEmpty(environment) ? packaged : environment);
        string origin = path is not null ? "the given path" :
            string.IsNullOrEmpty(environment) ? "the path of Debian's package" : $"the path in {EnvironmentVariable}";
        return File.Exists(chosen)
            ? chosen
            : throw new FileNotFoundException(
                $"The humanoid model was not found at '{chosen}' ({origin}). On Debian 12 install it with " +
                $"'apt-get install libmujoco-samples', or set {EnvironmentVariable} to the humanoid.xml of MuJoCo 2.2.2.", chosen);
    }
}
