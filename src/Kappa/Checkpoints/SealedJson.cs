using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kappa.Checkpoints;

/// <summary>JSON whose first field is the SHA-256 of the whole file, so that one changed bit anywhere in it is found.</summary>
/// <remarks>The digits stand in the file as they would be of zeros: <c>{"sha256": "...", ...}</c> is hashed with 64 zeros in their place. Any JSON reader reads
/// it.</remarks>
public static class SealedJson
{
    /// <summary>The name of the field.</summary>
    public const string Field = "sha256";

    private const int Digits = 64;
    private static readonly string Zeros = new('0', Digits);

    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    // A name that comes twice would be found when a field is asked for, and be another error then.
    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    private static readonly JsonSerializerOptions Compact = new(Indented) { WriteIndented = false };

    /// <summary>The bytes of a file that carries its own hash.</summary>
    /// <param name="value">The fields; one of the name <see cref="Field"/> is replaced.</param>
    /// <param name="indented">Whether each field has a line of its own.</param>
    public static byte[] Seal(JsonObject value, bool indented = true)
    {
        ArgumentNullException.ThrowIfNull(value);
        var whole = new JsonObject { [Field] = Zeros };
        foreach (var (name, node) in value)
        {
            if (name != Field)
                whole[name] = node?.DeepClone();
        }
        byte[] bytes = Encoding.UTF8.GetBytes(whole.ToJsonString(indented ? Indented : Compact) + "\n");
        byte[] hash = SHA256.HashData(bytes);
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash)).CopyTo(bytes.AsSpan(PlaceOfDigits(bytes)));
        return bytes;
    }

    /// <summary>Reads what <see cref="Seal"/> made.</summary>
    /// <param name="bytes">The bytes of the whole file.</param>
    /// <returns>The fields, without <see cref="Field"/>.</returns>
    /// <exception cref="JsonException">The bytes are not those that were written, or are no such file; the message says which.</exception>
    public static JsonObject Open(ReadOnlySpan<byte> bytes)
    {
        Verify(bytes);
        try
        {
            var value = JsonNode.Parse(bytes, documentOptions: Once) as JsonObject ?? throw new JsonException("expected an object");
            _ = value.Remove(Field);
            RequireTexts(value);
            return value;
        }
        catch (InvalidOperationException error)
        {
            // Bytes that are not UTF-8, or half a surrogate pair, in a name or a text.
            throw new JsonException($"a text that is none: {error.Message}", error);
        }
    }

    /// <summary>Checks the hash alone.</summary>
    /// <param name="bytes">The bytes of the whole file.</param>
    /// <exception cref="JsonException">The bytes are not those that were written, or are no such file.</exception>
    public static void Verify(ReadOnlySpan<byte> bytes)
    {
        int place = PlaceOfDigits(bytes);
        if (place < 0)
            throw new JsonException($"expected \"{Field}\" with {Digits} digits as its first field");
        string expected = Encoding.ASCII.GetString(bytes.Slice(place, Digits));
        byte[] copy = bytes.ToArray();
        Encoding.ASCII.GetBytes(Zeros).CopyTo(copy.AsSpan(place));
        string got = Convert.ToHexStringLower(SHA256.HashData(copy));
        if (got != expected)
            throw new JsonException($"its bytes are not those that were written: their SHA-256 is {got}, and it says {expected}");
    }

    /// <summary>Whether a file begins as one that <see cref="Seal"/> made.</summary>
    /// <param name="bytes">The bytes.</param>
    public static bool IsSealed(ReadOnlySpan<byte> bytes) => PlaceOfDigits(bytes) >= 0;

    /// <summary>Reads every text now: what is wrong with one would otherwise be found where it is asked for, and be another error.</summary>
    private static void RequireTexts(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (_, field) in fields)
                    RequireTexts(field);
                break;
            case JsonArray items:
                foreach (var item in items)
                    RequireTexts(item);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                _ = value.GetValue<string>();
                break;
        }
    }

    private static int PlaceOfDigits(ReadOnlySpan<byte> bytes)
    {
        int place = 0;
        foreach (string token in new[] { "{", $"\"{Field}\"", ":", "\"" })
        {
            while (place < bytes.Length && bytes[place] is (byte)' ' or (byte)'\n')
                place++;
            if (!bytes[Math.Min(place, bytes.Length)..].StartsWith(Encoding.ASCII.GetBytes(token)))
                return -1;
            place += token.Length;
        }
        return place + Digits < bytes.Length && bytes[place + Digits] == (byte)'"' ? place : -1;
    }
}
