/**
 * A mail of an invented customer with a signature that holds, and what its domain publishes.
 */
export const SIGNED_MAIL = Buffer.from(
  [
    'REtJTS1TaWduYXR1cmU6IHY9MTsgYT1yc2Etc2hhMjU2OyBjPXJlbGF4ZWQvcmVsYXhlZDsgZD1raGFjaGhhbmcuZXhhbXBsZTsNCiBxPWRucy90eHQ7IHM9',
    'czE7IGJoPThBdVgzc3J6N0xsd1kwYUg4emgyY2JwVURZYW1XMTQwSEhSd1dqOGFaMEk9Ow0KIGg9ZnJvbTpzdWJqZWN0OmRhdGU6bWVzc2FnZS1pZDp0bzpt',
    'aW1lLXZlcnNpb246Y29udGVudC10eXBlOmNvbnRlbnQtdHJhbnNmZXItZW5jb2Rpbmc7DQogYj15OWVLRGVsNmhpS1l0cXJEMUdyODNrMXBSUmpyeGwwYkhU',
    'emxVTk81NkVScnJyQUwwZ3krbHFtWVBRR1E1RVl2N3lIelkycDE2DQogZ0hEK0pJbk96cGpKT0E1MWVtY2NJRXRTdDZBaTQyeU1mb285UUQxOG0ycTkwSjZV',
    'SXk2akw3Snptc2hXcnNsVDJIeUpnTDZNMVhqDQoga0ZUUmszWEgycFFLT3I1QjZDRUxDbWN5a0lHTW8ySWpZWnNzUnBsT0pyZzhoeDlHVFJzVVR6MHpJcGxS',
    'NU5yNHVZaWhNa2JYS2FyDQogNVRobU1PTUNLby9lU1EwU1JTUkpzZ2lKOEp4Nk1IRy9sS2xWOGgzMnAxbEJmUlNLZXNCelh6ZmtvQUhESGdUWmxJalltUjB3',
    'WGQ5DQogeGZMenhUMlMvajBqR0hRL3NMY01TVmxsZTZZRW40L0t2cC8xeVh0QlNTSmc9PQ0KRnJvbTogPT9VVEYtOD9RP1RyPUUxPUJBPUE3bl9UaD1FMT1C',
    'Qj04Ql9CPz0gPGJAa2hhY2hoYW5nLmV4YW1wbGU+DQpUbzogaG90cm9AY3VhaGFuZy5leGFtcGxlDQpTdWJqZWN0OiA9P1VURi04P1E/SD1FMT1CQj04Rmlf',
    'Z2k9QzM9QTE/PQ0KTWVzc2FnZS1JRDogPG0xQGtoYWNoaGFuZy5leGFtcGxlPg0KRGF0ZTogTW9uLCAwMyBNYXIgMjAyNSAwMzowMDowMCArMDAwMA0KQ29u',
    'dGVudC1UcmFuc2Zlci1FbmNvZGluZzogcXVvdGVkLXByaW50YWJsZQ0KTUlNRS1WZXJzaW9uOiAxLjANCkNvbnRlbnQtVHlwZTogdGV4dC9wbGFpbjsgY2hh',
    'cnNldD11dGYtOA0KDQpDaD1DMz1BMG8gc2hvcCA9RTE9QkE9QTENCg==',
  ].join(''),
  'base64',
);

/** TXT records of the domain that signed {@link SIGNED_MAIL}. */
export const SIGNED_MAIL_RECORDS: Readonly<Record<string, string>> = {
  's1._domainkey.khachhang.example':
    'v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1NrsFomHTku4K2RfrClPXdKAieXrXwBnm8FxfRr5RHOjzoGPvj4XL05C09Wnl5xZ8wjN0Z4yujjl7Qg6VV8x0xiD98EkCtcKrfzphdyp1DWz5f+3EuolSzNA+WxMFIRotklECx42HKRXtX5+nF9CUmS4UC65Y8B1h0VH9R1KnAd0WCZBIwoRffLW4SQrKWPBp6tpeqob7ioFeOsTAqkiVtArhSIQ1gEonqelluimLmZho1ByEpG52KbFDEykzKwDi+Xf/wscSjd79PeZvoNOFiM7O516fMmT9Owk7kty3sXmfbZ/TL6vDkj2NhmpcVqYfPdTgUUkIDssg7yBzABGuwIDAQAB',
  '_dmarc.khachhang.example': 'v=DMARC1; p=reject; adkim=s; aspf=s',
};
